#!/usr/bin/env node
// In plain JavaScript, so that a Node that cannot strip types still prints a sentence.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 12)) {
  console.error(
    `lastro runs on Node 24.12 or later; this is Node ${process.versions.node}. Run it as "npm exec lastro -- …", which brings its own.`,
  );
  process.exit(1);
}
const { main } = await import('../src/main.ts');
await main(process.argv.slice(2));
