/** The ledger's metadata are anybody's text: the statement neither falls over them nor believes them. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { systemContext } from '#platform/context.ts';
import { newId } from '#platform/id.ts';
import { openWorld, pay, reaches, until, type World } from '../../../../test/support/payments-world.ts';
import { clearingAccountId, commandId } from '../record.ts';

type Person = Awaited<ReturnType<World['person']>>;

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world?.close());

/** A transfer of one centavo to a person that somebody with the ledger's scope wrote, under the id and with the metadata they like. */
async function foreignTransfer(to: Person, metadata: Record<string, string>, id = newId()): Promise<string> {
  const { results } = await world.main.ledger.submit(systemContext(world.tenantId, 'somebody'), {
    commands: [
      {
        id,
        kind: 'transfer',
        debitAccountId: clearingAccountId(world.tenantId),
        creditAccountId: to.account.ledgerAccountId!,
        amountMinor: '1',
        metadata,
      },
    ],
  });
  assert.equal(results[0]!.outcome, 'done', JSON.stringify(results));
  return id;
}

const linesOf = async ({ ctx, subjectId }: Person) => (await world.main.face.getStatement(ctx, { accountId: subjectId, limit: 50 })).lines;

test('whatever stands in the metadata of a transfer, home and statement open and show it as a movement of no payment', async () => {
  const ana = await world.person(1_000n);
  const odd = [
    'garbage',
    '',
    'pay_',
    'rcv_',
    'pay_8zzzzzzzzzzzzzzzzzzzzzzzzz',
    `pay_${'0'.repeat(26)}`,
    `rcv_${'7'.repeat(200 - 4)}`,
    newId(),
    '../..',
    '{}',
    'null',
    "' or 1=1",
  ];
  const ids: string[] = [];
  for (const value of odd) ids.push(await foreignTransfer(ana, { paymentId: value }), await foreignTransfer(ana, { receiptId: value }));
  ids.push(await foreignTransfer(ana, { paymentId: 'garbage', receiptId: 'garbage', description: 'de outro sistema' }));
  const lines = await linesOf(ana);
  const byId = new Map(lines.map((line) => [line.id, line]));
  for (const id of ids) {
    const { kind, counterparty, paymentId } = byId.get(id)!;
    assert.deepEqual([kind, counterparty, paymentId], ['other', null, null], id);
  }
  assert.equal(lines.filter(({ kind }) => kind === 'pix-in').length, 1, 'the Pix that brought the money is still one');
});

test('metadata that name another person’s payment or arrival show nothing of it, under any id', async () => {
  const xavier = await world.person(20_000n, 'Xavier Pagador');
  const [ines, zoe] = [await world.person(0n, 'Inês'), await world.person(0n, 'Zoé')];
  const paid = async (code?: string) => {
    const quote = await world.main.face.decode(xavier.ctx, { accountId: xavier.subjectId, code: code ?? ines.account.pixKey! });
    const { payment } = await world.main.face.createPayment(
      { ...xavier.ctx, idempotencyKey: newId() },
      { accountId: xavier.subjectId, quoteId: quote.quoteId, amountMinor: '1500', description: 'segredo médico' },
    );
    await reaches(world, xavier, payment.id, 'settled');
    return payment.id;
  };
  const [onUs, sent] = [await paid(), (await pay(world.main.face, xavier, 700n)).id];
  await reaches(world, xavier, sent, 'settled');
  const [receipt] = await world.database.admin<{ id: string }>('select id from payments.receipts where subject_id = $1', [
    xavier.subjectId,
  ]);
  const uuidOf = async (id: string) =>
    (
      await world.database.admin<{ id: string }>('select id from payments.payments where end_to_end_id = $1', [
        (await world.main.face.getPayment(world.ctx(), { paymentId: id })).endToEndId,
      ])
    )[0]!.id;
  for (const id of [onUs, sent]) {
    await foreignTransfer(zoe, { paymentId: id });
    await foreignTransfer(zoe, { paymentId: await uuidOf(id) });
    await foreignTransfer(zoe, { receiptId: id });
  }
  await foreignTransfer(zoe, { receiptId: receipt!.id });
  // An id is derived from public words: whoever computes it before the payment uses it still stands on another's account.
  await foreignTransfer(zoe, { paymentId: onUs }, commandId(await uuidOf(onUs), 'post'));
  // On the account of the payer, too, another transfer that names the payment is not the payment.
  const doubled = await foreignTransfer(xavier, { paymentId: sent });
  for (const line of await linesOf(zoe))
    assert.deepEqual([line.kind, line.counterparty, line.description, line.paymentId], ['other', null, null, null]);
  const own = await linesOf(xavier);
  assert.equal(own.find(({ id }) => id === doubled)?.kind, 'other');
  assert.deepEqual(
    own
      .filter(({ paymentId }) => paymentId !== null)
      .map(({ kind, paymentId, counterparty, description }) => [kind, paymentId, counterparty, description]),
    [
      ['pix-out', sent, 'Fulano de Tal', null],
      ['pix-out', onUs, 'Inês', 'segredo médico'],
    ],
  );
  const [received] = await until(
    'the payee’s line',
    () => linesOf(ines),
    (lines) => lines.length > 0,
  );
  assert.deepEqual([received!.kind, received!.counterparty, received!.description], ['pix-in', 'Xavier Pagador', 'segredo médico']);
});
