/** The platform's ceiling: reads a request body and answers as many bytes as the path says, `/412`. Run as a child. */
import { createServer } from 'node:http';

const answers = new Map<string, Buffer>();

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    Buffer.concat(chunks);
    const path = request.url ?? '/0';
    const body = answers.get(path) ?? Buffer.alloc(Number(path.slice(1)), 'x');
    answers.set(path, body);
    response.writeHead(200, { 'Content-Type': 'application/x-amz-json-1.1', 'Content-Length': body.length });
    response.end(body);
  });
});

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address !== 'string') process.send?.(address.port);
});
process.once('disconnect', () => process.exit(0));
