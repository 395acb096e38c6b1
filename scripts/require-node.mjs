// Loaded before every TypeScript entry point, in plain JavaScript, so that a Node that cannot strip types still prints a sentence.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 12)) {
  console.error(
    [
      `Lastro runs on Node 24.12 or later; this is Node ${process.versions.node}.`,
      'On Linux "npm ci" brings the right one along (package node-linux-*), and "npm start", "npm test" use it: run them through npm,',
      'not with "node" itself. If it is missing, run "npm ci" without --omit=optional, or install Node 24.',
    ].join('\n'),
  );
  process.exit(1);
}
