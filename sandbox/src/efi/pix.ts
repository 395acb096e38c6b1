import { Type } from 'typebox';
import { endToEndIdOf } from '../events.ts';
import type { FaultSet } from '../faults.ts';
import { answerOrder, answerQuery, type Found, type Taken, takePayment } from '../orders.ts';
import { bytesOf } from '../people.ts';
import type { SentOrder } from '../records.ts';
import { Account, Amount, Branch, Ispb, Key, Name, strict, TaxId } from '../schemas.ts';
import { pixNotFound, refusal, returnNotFound, sentNotFound } from './errors.ts';
import {
  EFI_ACCOUNT,
  EFI_ISPB,
  type EfiRoutes,
  givenBack,
  received,
  receivedWords,
  returnWords,
  sent,
  sentWords,
  submitted,
} from './messages.ts';

const OwnId = Type.String({ pattern: '^[a-zA-Z0-9]{1,35}$' });
const PixId = Type.String({ pattern: '^[ED][0-9A-Za-z]{31}$' });
const Send = strict({
  valor: Amount,
  pagador: strict({ chave: Key, infoPagador: Type.Optional(Type.String({ maxLength: 140 })) }),
  favorecido: Type.Union([
    strict({ chave: Key, cpf: Type.Optional(TaxId), cnpj: Type.Optional(TaxId) }),
    strict({
      contaBanco: strict({
        nome: Name,
        cpf: Type.Optional(TaxId),
        cnpj: Type.Optional(TaxId),
        codigoBanco: Ispb,
        agencia: Branch,
        conta: Account,
        tipoConta: Type.String({ maxLength: 20 }),
      }),
    }),
  ]),
});

/** In Efí's own sandbox, the one key that can be paid. */
const TEST_KEY = 'efipay@sejaefi.com.br';
/** Amounts from here on are rejected later, and from the second on at once; two amounts come back. */
const REJECTED_FROM = 1_001;
const REFUSED_FROM = 2_001;
const COMES_BACK: Readonly<Record<string, readonly string[]>> = { '4.00': ['2.00', '2.00'], '5.00': ['5.00'] };

/** Sending, asking about what was sent or received, giving back. */
export const pixRoutes: EfiRoutes = (app, services, { byAmount = false }) => {
  const { institution, faults } = services;

  app.put('/v3/gn/pix/:idEnvio', { schema: { params: strict({ idEnvio: OwnId }), body: Send } }, async ({ params, body }, reply) => {
    const { idEnvio } = params;
    const { valor, pagador, favorecido } = body;
    const to = 'chave' in favorecido ? { key: favorecido.chave } : accountOf(favorecido.contaBanco);
    const order: SentOrder = {
      endToEndId: endToEndIdOf(EFI_ISPB, Date.now(), bytesOf(`efi/${idEnvio}`)),
      ownId: idEnvio,
      amount: valor,
      payer: EFI_ACCOUNT,
      payee: to,
      ...(pagador.infoPagador === undefined ? {} : { remittance: pagador.infoPagador }),
      ...(byAmount ? fateOf(valor) : {}),
    };
    faults.name(idEnvio, order.payee.key);
    faults.name(order.endToEndId, order.payee.key);
    const horario = { solicitacao: new Date().toISOString() };
    const pretend = () => ({ idEnvio, e2eId: order.endToEndId, valor, horario, status: 'EM_PROCESSAMENTO' });
    return answerOrder(services, reply, { id: idEnvio, words: sentWords, take: (own) => take(order, own), pretend });
  });

  async function take(order: SentOrder, own: FaultSet): Promise<Taken> {
    if (await institution.findSent(order.ownId!))
      throw refusal(409, 'id_envio_duplicado', 'O id de envio informado já foi utilizado em outro pagamento');
    if (byAmount && order.payee.key !== undefined && order.payee.key !== TEST_KEY)
      throw refusal(400, 'chave_invalida', 'Em homologação só a chave de teste é aceita');
    if (byAmount && minorOf(order.amount) >= REFUSED_FROM) throw refusal(422, 'pagamento_negado', 'Pagamento negado por análises');
    const { payment, isNew, isFinal } = await takePayment(services, order, own);
    return { isNew, body: submitted(payment, isFinal) };
  }

  app.get('/v2/gn/pix/enviados/id-envio/:idEnvio', { schema: { params: strict({ idEnvio: OwnId }) } }, async ({ params }, reply) =>
    answerQuery(services, reply, { id: params.idEnvio, words: sentWords, missing: sentNotFound }, () =>
      describeSent(institution.findSent(params.idEnvio)),
    ),
  );

  app.get('/v2/gn/pix/enviados/:e2eId', { schema: { params: strict({ e2eId: PixId }) } }, async ({ params }, reply) =>
    answerQuery(services, reply, { id: params.e2eId, words: receivedWords, missing: sentNotFound }, () =>
      describeSent(institution.findPayment(params.e2eId)),
    ),
  );

  async function describeSent(finding: ReturnType<typeof institution.findSent>): Promise<Found | null> {
    const payment = await finding;
    return payment && { sinceMs: payment.acceptedAtMs, body: sent(payment, institution.comeBackOf(payment.order.endToEndId)) };
  }

  app.get('/v2/pix/:e2eId', { schema: { params: strict({ e2eId: PixId }) } }, async ({ params: { e2eId } }, reply) =>
    answerQuery(services, reply, { id: e2eId, words: receivedWords, missing: pixNotFound }, async () => {
      const receipt = institution.findReceipt(e2eId);
      // What comes back of a payment is told with the payment.
      if (!receipt || receipt.returnOf !== undefined) return null;
      return { sinceMs: receipt.atMs, body: received(receipt, institution.returnsOf(e2eId)) };
    }),
  );

  const ReturnPath = strict({ e2eId: PixId, id: OwnId });
  app.put('/v2/pix/:e2eId/devolucao/:id', { schema: { params: ReturnPath, body: strict({ valor: Amount }) } }, async (request, reply) => {
    const { e2eId: endToEndId, id: returnId } = request.params;
    faults.name(returnId, faults.subjectOf(endToEndId));
    const take = async (own: FaultSet): Promise<Taken> => {
      if (await institution.findReturn(returnId))
        throw refusal(409, 'devolucao_id_duplicado', 'O id informado já foi utilizado em outra devolução');
      const rtrId = `D${endToEndIdOf(EFI_ISPB, Date.now(), bytesOf(`efi/return/${returnId}`)).slice(1)}`;
      const order = { returnId, endToEndId, amount: request.body.valor, reason: 'MD06' as const, rtrId };
      const { done, isNew } = await institution.giveBack(order);
      return { isNew, body: givenBack(done, own.strikes('finalInPost')) };
    };
    return answerOrder(services, reply, { id: returnId, words: returnWords, take, pretend: null });
  });

  app.get('/v2/pix/:e2eId/devolucao/:id', { schema: { params: ReturnPath } }, async ({ params: { e2eId, id } }, reply) =>
    answerQuery(services, reply, { id, words: returnWords, missing: returnNotFound }, async () => {
      if (!institution.findReceipt(e2eId)) throw pixNotFound();
      const found = await institution.findReturn(id);
      return found && { sinceMs: found.atMs, body: givenBack(found, true) };
    }),
  );
};

const minorOf = (valor: string): number => Number(valor.replace('.', ''));

function fateOf(valor: string): Pick<SentOrder, 'isDoomed' | 'comesBack'> {
  const minor = minorOf(valor);
  const comesBack = COMES_BACK[valor];
  return { ...(minor >= REJECTED_FROM && minor < REFUSED_FROM ? { isDoomed: true } : {}), ...(comesBack ? { comesBack } : {}) };
}

function accountOf(bank: { nome: string; cpf?: string; cnpj?: string; codigoBanco: string; agencia: string; conta: string }) {
  const taxId = bank.cpf ?? bank.cnpj;
  return {
    name: bank.nome,
    ...(taxId === undefined ? {} : { taxId }),
    ispb: bank.codigoBanco,
    branch: bank.agencia,
    account: bank.conta,
  };
}
