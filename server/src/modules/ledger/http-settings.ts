import { type App, callerOf, contextOf } from '#platform/http/app.ts';
import { ledgerContract, TrialBalance } from './contract.ts';
import { MAX_COMMAND_BYTES, READ, refusePersons, SET, tags } from './http-shared.ts';
import type { Ledger } from './index.ts';

const { trialBalance, getChart, putChart, getAssets, putAssets } = ledgerContract.operations;

const MAX_CHART_BYTES = 512 * 1024;

/** The trial balance, and what it and the amounts are read by: the chart of accounts and the assets. */
export function settingRoutes(app: App, ledger: Ledger): void {
  app.get(
    '/v1/ledger/trial-balance',
    {
      config: READ,
      schema: {
        summary: 'Balancete por ativo, código de conta e nível do COSIF, agora ou em qualquer instante',
        tags,
        querystring: trialBalance.input,
        response: { 200: TrialBalance },
      },
    },
    async (request) => {
      refusePersons(callerOf(request));
      return ledger.trialBalance(contextOf(request), request.query);
    },
  );
  app.get(
    '/v1/ledger/chart',
    { config: READ, schema: { summary: 'Plano de contas', tags, response: { 200: getChart.output } } },
    async (request) => {
      refusePersons(callerOf(request));
      return ledger.getChart(contextOf(request), {});
    },
  );
  app.put(
    '/v1/ledger/chart',
    {
      config: SET,
      bodyLimit: MAX_CHART_BYTES,
      schema: { summary: 'Põe contas no plano de contas (código → COSIF)', tags, body: putChart.input, response: { 200: putChart.output } },
    },
    async (request) => {
      refusePersons(callerOf(request));
      return ledger.putChart(contextOf(request), request.body);
    },
  );
  app.get(
    '/v1/ledger/assets',
    { config: READ, schema: { summary: 'Ativos com suas casas decimais', tags, response: { 200: getAssets.output } } },
    async (request) => {
      refusePersons(callerOf(request));
      return ledger.getAssets(contextOf(request), {});
    },
  );
  app.put(
    '/v1/ledger/assets',
    {
      config: SET,
      bodyLimit: MAX_COMMAND_BYTES,
      schema: {
        summary: 'Diz quantas casas decimais tem um ativo; uma vez dito, não muda (o nome pode mudar)',
        tags,
        body: putAssets.input,
        response: { 200: putAssets.output },
      },
    },
    async (request) => {
      refusePersons(callerOf(request));
      return ledger.putAssets(contextOf(request), request.body);
    },
  );
}
