/** How many values of a meter are kept together. */
export const chunkLength = 60

/** A stretch of time of one resource: its meters, by number, each with a value per slot; NaN is none. */
export type Chunk = Map<number, Float32Array>

/** A meter's values in a chunk, which holds them from now on. */
export function valuesOf(chunk: Chunk, meter: number): Float32Array {
  const known = chunk.get(meter) ?? new Float32Array(chunkLength).fill(NaN)
  chunk.set(meter, known)
  return known
}

const [constant, each] = [0, 1]

/**
 * A chunk as bytes: for every meter its number, then either one value and the slots that have it, as most things are idle, or
 * all values.
 */
export function encode(chunk: Chunk): Buffer {
  const parts = [...chunk].map(([meter, values]) => {
    const first = values.findIndex(value => !Number.isNaN(value))
    const last = values.findLastIndex(value => !Number.isNaN(value))
    const isConstant = first < 0 || values.subarray(first, last + 1).every(value => value === values[first])
    if (!isConstant) {
      const out = Buffer.alloc(3 + chunkLength * 4)
      out.writeUInt16LE(meter)
      out[2] = each
      values.forEach((value, i) => out.writeFloatLE(value, 3 + i * 4))
      return out
    }
    const out = Buffer.alloc(9)
    out.writeUInt16LE(meter)
    out[2] = constant
    out[3] = Math.max(0, first)
    out[4] = last + 1
    out.writeFloatLE(first < 0 ? 0 : (values[first] ?? 0), 5)
    return out
  })
  return Buffer.concat(parts)
}

/** The chunk in some bytes. */
export function decode(bytes: Uint8Array): Chunk {
  const from = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const chunk: Chunk = new Map()
  for (let at = 0; at < from.length;) {
    const values = valuesOf(chunk, from.readUInt16LE(at))
    if (from[at + 2] === constant) {
      values.fill(from.readFloatLE(at + 5), from[at + 3], from[at + 4])
      at += 9
    } else {
      for (let i = 0; i < chunkLength; i++) values[i] = from.readFloatLE(at + 3 + i * 4)
      at += 3 + chunkLength * 4
    }
  }
  return chunk
}
