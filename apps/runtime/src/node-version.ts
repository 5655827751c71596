/** Imported first by every app: an older Node fails later, in ways that are hard to read. */
const required = [24, 9] as const;

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < required[0] || (major === required[0] && minor < required[1])) {
  process.stderr.write(
    `keywarden: Node ${required.join('.')} or newer is needed, this is ${process.versions.node}; ` +
      'npm start and npx use the version that npm ci installed\n',
  );
  process.exit(1);
}
