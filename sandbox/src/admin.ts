import { Type } from 'typebox';
import { SandboxError } from './errors.ts';
import { Faults } from './fault-schema.ts';
import type { SandboxApp, Services } from './sandbox-app.ts';
import { ReceiveOrder, strict } from './schemas.ts';

/** Switches for thousands of single payments are long. */
const FAULTS_LIMIT_BYTES = 8 * 1024 * 1024;

/** What a real institution does not offer: making a Pix arrive, and making things go wrong. */
export function adminRoutes(app: SandboxApp, { institution, faults }: Services): void {
  app.post('/admin/receive', { schema: { body: ReceiveOrder } }, async ({ body }, reply) => {
    const { endToEndId } = await institution.receive(body);
    return reply.code(201).send({ endToEndId });
  });

  app.put('/admin/webhook', { schema: { body: strict({ url: Type.String({ minLength: 8, maxLength: 2000 }) }) } }, async ({ body }) => {
    if (!isHttpUrl(body.url)) throw new SandboxError(422, 'INVALID_URL', 'a webhook URL begins with http:// or https://');
    await institution.setWebhookUrl(body.url);
    return { url: body.url };
  });

  app.get('/admin/webhook', async () => ({ url: institution.webhookUrl }));

  app.put('/admin/faults', { schema: { body: Faults }, bodyLimit: FAULTS_LIMIT_BYTES }, async ({ body }) => {
    faults.set(body);
    return faults.view();
  });
  app.get('/admin/faults', async () => faults.view());
  app.delete('/admin/faults', async (_, reply) => {
    faults.set({});
    return reply.code(204).send();
  });
}

/** True for an absolute http or https URL. */
export function isHttpUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && ['http:', 'https:'].includes(url.protocol);
}
