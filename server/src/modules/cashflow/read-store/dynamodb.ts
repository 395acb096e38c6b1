import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  CreateTableCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import type { DayRange, Filling, ReadStore, StoredDocument } from './port.ts';

export type DynamoSettings = {
  table: string;
  region: string;
  /** Of another server than Amazon's that speaks the protocol. */
  endpoint?: string;
  /** Found by the usual chain (environment, instance, role) when absent. */
  credentials?: { accessKeyId: string; secretAccessKey: string };
};

type Item = Record<string, AttributeValue>;

const CALL_MS = 2_000;
/** Requests under way at a time in one call. */
const AT_ONCE = 16;
const TABLE_WITHIN_MS = 60_000;
const TABLE_PAUSE_MS = 200;
const STATE_KEY: Item = { account: { S: 'read-store' }, date: { S: 'filling' } };

/**
 * Days in a DynamoDB table, an item each: partition by tenant and account, sorted by date, so that a range is one query and the last day before it
 * another. The table is made when there is none (paid by request). Numbers of DynamoDB have 38 digits, as ours.
 */
export async function openDynamoStore({ table, region, endpoint, credentials }: DynamoSettings): Promise<ReadStore> {
  const client = new DynamoDBClient({
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: CALL_MS, throwOnRequestTimeout: true },
  });
  await makeTable(client, table);

  /** A write that lost against a newer one has nothing to do. */
  const unlessNewer = async (send: Promise<unknown>): Promise<void> => {
    await send.catch((error: unknown) => {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    });
  };
  const older = (version: bigint) => ({
    ConditionExpression: 'attribute_not_exists(#v) or #v < :v',
    ExpressionAttributeNames: { '#v': 'version' },
    ExpressionAttributeValues: { ':v': { N: String(version) } },
  });

  async function query(input: Omit<QueryCommandInput, 'TableName'>): Promise<Item[]> {
    const items: Item[] = [];
    for (let from: Item | undefined; ; ) {
      const page = await client.send(
        new QueryCommand({ TableName: table, ConsistentRead: true, ...input, ...(from ? { ExclusiveStartKey: from } : {}) }),
      );
      items.push(...(page.Items ?? []));
      from = page.LastEvaluatedKey;
      if (!from || input.Limit !== undefined) return items;
    }
  }

  async function readRange(tenantId: string, { accountId, from, to }: DayRange): Promise<StoredDocument[]> {
    const named = { ExpressionAttributeNames: { '#a': 'account', '#d': 'date' } };
    const key = { S: `${tenantId}/${accountId}` };
    const [before, within] = await Promise.all([
      query({
        ...named,
        KeyConditionExpression: '#a = :a and #d < :from',
        ExpressionAttributeValues: { ':a': key, ':from': { S: from } },
        ScanIndexForward: false,
        Limit: 1,
      }),
      query({
        ...named,
        KeyConditionExpression: '#a = :a and #d between :from and :to',
        ExpressionAttributeValues: { ':a': key, ':from': { S: from }, ':to': { S: to } },
      }),
    ]);
    return [...before, ...within].map((item) => dayOf(accountId, item));
  }

  return {
    name: `DynamoDB (${table})`,
    put: (tenantId, days) =>
      someAtATime(days, (day) =>
        unlessNewer(client.send(new PutItemCommand({ TableName: table, Item: itemOf(tenantId, day), ...older(day.version) }))),
      ),
    remove: (tenantId, days) =>
      someAtATime(days, ({ accountId, date, version }) =>
        unlessNewer(client.send(new DeleteItemCommand({ TableName: table, Key: keyOf(tenantId, accountId, date), ...older(version) }))),
      ),
    async read(tenantId, ranges) {
      const found = new Map<DayRange, StoredDocument[]>();
      await someAtATime(ranges, async (range) => {
        found.set(range, await readRange(tenantId, range));
      });
      return ranges.map((range) => found.get(range)!);
    },
    async filling() {
      const { Item: item } = await client.send(new GetItemCommand({ TableName: table, Key: STATE_KEY, ConsistentRead: true }));
      return (item?.state?.S as Filling | undefined) ?? 'empty';
    },
    async setFilling(state) {
      await client.send(new PutItemCommand({ TableName: table, Item: { ...STATE_KEY, state: { S: state } } }));
    },
    close: async () => client.destroy(),
  };
}

const keyOf = (tenantId: string, accountId: string, date: string): Item => ({
  account: { S: `${tenantId}/${accountId}` },
  date: { S: date },
});

const itemOf = (tenantId: string, day: StoredDocument): Item => ({
  ...keyOf(tenantId, day.accountId, day.date),
  version: { N: String(day.version) },
  opening: { N: String(day.openingMinor) },
  in: { N: String(day.inMinor) },
  out: { N: String(day.outMinor) },
  closing: { N: String(day.closingMinor) },
  position: { N: String(day.position) },
  updatedAt: { S: day.updatedAt.toISOString() },
});

function dayOf(accountId: string, item: Item): StoredDocument {
  const number = (name: string): bigint => BigInt(item[name]!.N!);
  return {
    accountId,
    date: item.date!.S!,
    version: number('version'),
    openingMinor: number('opening'),
    inMinor: number('in'),
    outMinor: number('out'),
    closingMinor: number('closing'),
    position: number('position'),
    updatedAt: new Date(item.updatedAt!.S!),
  };
}

async function someAtATime<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const waiting = [...all];
  const worker = async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) await work(one);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, waiting.length) }, worker));
}

/** Of several processes that start at once, one makes it. */
async function makeTable(client: DynamoDBClient, table: string): Promise<void> {
  const isActive = async (): Promise<boolean> =>
    (await client.send(new DescribeTableCommand({ TableName: table }))).Table?.TableStatus === 'ACTIVE';
  const isThere = await isActive().catch((error: unknown) => {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  });
  if (isThere === true) return;
  if (isThere === undefined)
    await client
      .send(
        new CreateTableCommand({
          TableName: table,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [
            { AttributeName: 'account', AttributeType: 'S' },
            { AttributeName: 'date', AttributeType: 'S' },
          ],
          KeySchema: [
            { AttributeName: 'account', KeyType: 'HASH' },
            { AttributeName: 'date', KeyType: 'RANGE' },
          ],
        }),
      )
      .catch((error: Error) => {
        if (error.name !== 'ResourceInUseException') throw error;
      });
  for (let waitedMs = 0; !(await isActive()); waitedMs += TABLE_PAUSE_MS) {
    if (waitedMs > TABLE_WITHIN_MS) throw new Error(`the table ${table} of DynamoDB is not ready after a minute`);
    await sleep(TABLE_PAUSE_MS);
  }
}
