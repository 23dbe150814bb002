/** The value of a label of the first series in the body of a remote write; undefined if the series has no such label. */
export function labelOfFirstSeries(body: Buffer, name: string): string | undefined {
  const request = unsnappied(body);
  // A label is a message of two strings: field 1 is the name, field 2 the value. Each has its length in front.
  const label = Buffer.from(`\x0a${String.fromCharCode(name.length)}${name}\x12`, "latin1");
  const at = request.indexOf(label);
  if (at < 0) return undefined;
  const { value, next } = varint(request, at + label.length);
  return request.toString("utf8", next, next + value);
}

/** The content of a block in the format of Snappy. */
function unsnappied(block: Buffer): Buffer {
  const { value: size, next: start } = varint(block, 0);
  const out = Buffer.alloc(size);
  let at = start;
  let end = 0;
  const bytes = (count: number) => {
    const value = block.readUIntLE(at, count);
    at += count;
    return value;
  };
  while (at < block.length) {
    const tag = bytes(1);
    const high = tag >> 2;
    if ((tag & 3) === 0) {
      // A literal: the lengths from 60 on are in the next bytes.
      const length = 1 + (high < 60 ? high : bytes(high - 59));
      block.copy(out, end, at, at + length);
      at += length;
      end += length;
      continue;
    }
    // A copy of bytes that came before. It may reach into itself.
    const isShort = (tag & 3) === 1;
    const length = isShort ? 4 + (high & 7) : 1 + high;
    const offset = isShort ? ((tag >> 5) << 8) | bytes(1) : bytes((tag & 3) === 2 ? 2 : 4);
    for (const stop = end + length; end < stop; end++) out[end] = out[end - offset]!;
  }
  return out;
}

function varint(buffer: Buffer, start: number): { value: number; next: number } {
  let value = 0;
  for (let next = start, factor = 1; ; factor *= 128) {
    const byte = buffer[next++]!;
    value += (byte & 127) * factor;
    if (byte < 128) return { value, next };
  }
}
