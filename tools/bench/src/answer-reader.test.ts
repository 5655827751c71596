import { AnswerReader } from './answer-reader';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const answer = 'HTTP/1.1 200 OK\r\nDate: now\r\nContent-Length: 5\r\n\r\nhello';

describe('an answer', () => {
  it('is whole when all of its body has come, however it is cut', () => {
    for (let cut = 1; cut < answer.length; cut += 1) {
      const reader = new AnswerReader();
      expect(reader.take(bytes(answer.slice(0, cut)))).toBeUndefined();
      expect(reader.take(bytes(answer.slice(cut)))).toEqual({ status: 200, body: bytes('hello') });
    }
  });

  it('leaves nothing behind for the next one', () => {
    const reader = new AnswerReader();
    reader.take(bytes(answer));
    const next = reader.take(bytes('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n'));
    expect(next).toEqual({ status: 400, body: bytes('') });
  });

  it('that does not tell its length is not measured', () => {
    const unknown = bytes('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n');
    expect(() => new AnswerReader().take(unknown)).toThrow('without Content-Length');
  });
});
