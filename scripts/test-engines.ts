/** `npm run test:engines`: the drivers of servers that npm cannot bring. */
console.log('The only bus driver is Postgres, and npm test covers it; there is no other engine to test yet.');
