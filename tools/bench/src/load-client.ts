/** The load generator, a process of its own: raw sockets, signed requests made beforehand. Started by `Load`. */
import { connect, type Socket } from 'node:net';
import { AnswerReader } from './answer-reader';
import type { LoadOrder, LoadReport } from './load';

function run(order: LoadOrder): void {
  let counting = false;
  let ended = false;
  let answers = 0;
  const refused = new Map<string, number>();
  const latencies: number[] = [];
  const sockets = order.requests.map((text) => speak(Buffer.from(text, 'latin1')));

  setTimeout(() => {
    counting = true;
    const began = performance.now();
    process.send?.('begun');
    setTimeout(() => {
      ended = true;
      const seconds = (performance.now() - began) / 1_000;
      const report: LoadReport = { answers, seconds, refused: [...refused], latencies };
      process.send?.(report);
      for (const socket of sockets) socket.destroy();
    }, order.measureMs);
  }, order.warmMs);

  function speak(request: Buffer): Socket {
    const socket = connect({ port: order.port, host: '127.0.0.1', noDelay: true });
    const reader = new AnswerReader();
    let due = 0;
    const send = (): void => {
      if (!ended) socket.write(request);
    };
    const next = (): void => {
      const now = performance.now();
      if (order.everyMs === undefined) {
        due = now;
        return send();
      }
      // Late answers count from when the request was due, so that a stall is seen by all it delayed.
      due += order.everyMs;
      if (due <= now) send();
      else setTimeout(send, due - now);
    };
    socket.on('connect', () => {
      due = performance.now() + Math.random() * (order.everyMs ?? 0);
      next();
    });
    socket.on('data', (chunk: Buffer) => {
      const answer = reader.take(chunk);
      if (answer === undefined) return;
      if (counting && !ended) {
        if (answer.status === 200) {
          answers += 1;
          latencies.push(performance.now() - due);
        } else count(`${answer.status} ${answer.body.toString('latin1').slice(0, 120)}`);
      }
      next();
    });
    socket.on('error', (error) => !ended && count(error.message));
    socket.on('close', () => !ended && count('connection closed'));
    return socket;
  }

  function count(what: string): void {
    refused.set(what, (refused.get(what) ?? 0) + 1);
  }
}

process.on('message', (order: LoadOrder) => run(order));
process.once('disconnect', () => process.exit(0));
