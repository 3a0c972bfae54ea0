// Pictures made here, so that no file of anybody's has to lie in the repository: a sky, hills and a sun, different for
// each seed. As PNG (exact), and as a baseline JPEG of flat 8x8 blocks.

import zlib from 'node:zlib';

// The colour [r, g, b] of the picture `seed` at x, y (0 to 1, y downwards).
function colourAt(seed, x, y) {
  const hue = (seed * 97) % 360;
  const sun = Math.hypot((x - 0.2 - (seed % 5) * 0.15) * 1.4, y - 0.25) < 0.09;
  if (sun) {
    return [255, 236, 170];
  }
  const ridges = [0.55, 0.68, 0.82];
  const hill = ridges.filter((ridge, i) => y > ridge + 0.07 * Math.sin(x * (5 + i * 3) + seed + i)).length;
  return hill === 0
    ? fromHue(hue, 0.45, 0.85 - 0.35 * (0.6 - y))
    : fromHue((hue + 120) % 360, 0.35, 0.62 - 0.16 * hill);
}

// HSV to RGB.
function fromHue(hue, saturation, value) {
  const channel = (n) => {
    const k = (n + hue / 60) % 6;
    return Math.round(255 * Math.min(1, value) * (1 - saturation * Math.max(0, Math.min(k, 4 - k, 1))));
  };
  return [channel(5), channel(3), channel(1)];
}

export function png({ seed = 1, width = 320, height = 240 } = {}) {
  const rows = Buffer.alloc((width * 3 + 1) * height);
  for (let y = 0; y < height; ++y) {
    for (let x = 0; x < width; ++x) {
      rows.set(colourAt(seed, x / width, y / height), y * (width * 3 + 1) + 1 + x * 3);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8); // 8 bits, RGB
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', zlib.deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type, data) {
  const named = Buffer.concat([Buffer.from(type), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(named), 4);
  return Buffer.concat([frame.subarray(0, 4), named, frame.subarray(4)]);
}

function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; ++bit) {
      crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    }
  }
  return ~crc >>> 0;
}

// Only the mean of each block is written: every quantiser is 8, so one step of it is one step of the mean.
export function jpeg({ seed = 1, width = 320, height = 240 } = {}) {
  const bits = new BitWriter();
  const last = [0, 0, 0];
  for (let y = 0; y < height; y += 8) {
    for (let x = 0; x < width; x += 8) {
      toYCbCr(colourAt(seed, (x + 4) / width, (y + 4) / height)).forEach((mean, component) => {
        bits.difference(mean - last[component]);
        bits.put(0, 1); // end of block
        last[component] = mean;
      });
    }
  }
  const size = [height >> 8, height & 255, width >> 8, width & 255];
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, [0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0]), // JFIF 1.1
    segment(0xdb, [0, ...new Array(64).fill(8)]),
    segment(0xc0, [8, ...size, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]), // three components, none subsampled
    segment(0xc4, [0x00, ...codeCounts({ 4: 9 }), 0, 1, 2, 3, 4, 5, 6, 7, 8]), // DC: how many bits follow, in 4 bits
    segment(0xc4, [0x10, ...codeCounts({ 1: 1 }), 0]), // AC: only "end of block", in 1 bit
    segment(0xda, [3, 1, 0, 2, 0, 3, 0, 0, 63, 0]),
    bits.finish(),
    Buffer.from([0xff, 0xd9]),
  ]);
}

function toYCbCr([r, g, b]) {
  const y = 0.299 * r + 0.587 * g + 0.114 * b;
  return [y - 128, (b - y) * 0.564, (r - y) * 0.713].map(Math.round);
}

function segment(marker, bytes) {
  const length = bytes.length + 2;
  return Buffer.from([0xff, marker, length >> 8, length & 255, ...bytes]);
}

// How many Huffman codes there are of each length from 1 to 16.
function codeCounts(counts) {
  return Array.from({ length: 16 }, (_, i) => counts[i + 1] ?? 0);
}

class BitWriter {
  bytes = [];
  held = 0;
  count = 0;

  put(value, length) {
    for (let bit = length - 1; bit >= 0; --bit) {
      this.held = (this.held << 1) | ((value >> bit) & 1);
      if (++this.count === 8) {
        this.bytes.push(this.held, ...(this.held === 0xff ? [0] : [])); // a zero says that 0xff is no marker
        this.held = this.count = 0;
      }
    }
  }

  // A number as JPEG writes it: how many bits it has, then those bits, negative ones as complement.
  difference(value) {
    const length = value === 0 ? 0 : Math.floor(Math.log2(Math.abs(value))) + 1;
    this.put(length, 4);
    this.put(value < 0 ? value - 1 + (1 << length) : value, length);
  }

  finish() {
    while (this.count > 0) {
      this.put(1, 1);
    }
    return Buffer.from(this.bytes);
  }
}

// The JPEG with what cameras write into it: `taken` as "2024:07:01 12:00:00", `offset` as "+02:00", `make` and `model`.
export function withExif(picture, { taken, offset, make = 'Kith', model = 'Model 1' } = {}) {
  const exif = [taken && [0x9003, `${taken}\0`], offset && [0x9011, `${offset}\0`]].filter(Boolean);
  const main = [[0x010f, `${make}\0`], [0x0110, `${model}\0`]];
  const header = Buffer.from('II*\0\x08\0\0\0', 'latin1');
  // The second folder stands behind the first, which points to it.
  const first = (at) => folder([...main, [0x8769, at]], header.length);
  const tiff = Buffer.concat([header, first(header.length + first(0).length), folder(exif, header.length + first(0).length)]);
  const body = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]);
  const marker = Buffer.from([0xff, 0xe1, (body.length + 2) >> 8, (body.length + 2) & 0xff]);
  return Buffer.concat([picture.subarray(0, 2), marker, body, picture.subarray(2)]);
}

// A folder of TIFF at an offset: a text for each tag, or a number.
function folder(entries, at) {
  const table = Buffer.alloc(2 + entries.length * 12 + 4);
  const texts = [];
  let end = at + table.length;
  table.writeUInt16LE(entries.length, 0);
  entries.forEach(([tag, value], i) => {
    const entry = table.subarray(2 + i * 12, 14 + i * 12);
    const text = typeof value === 'string' ? Buffer.from(value, 'utf8') : null;
    entry.writeUInt16LE(tag, 0);
    entry.writeUInt16LE(text ? 2 : 4, 2);
    entry.writeUInt32LE(text ? text.length : 1, 4);
    if (!text) return entry.writeUInt32LE(value, 8);
    if (text.length <= 4) return text.copy(entry, 8);
    entry.writeUInt32LE(end, 8);
    texts.push(text);
    end += text.length;
  });
  return Buffer.concat([table, ...texts]);
}

// Uncompressed, which no browser but one shows.
export function tiff({ seed = 1, width = 320, height = 240 } = {}) {
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; ++y) {
    for (let x = 0; x < width; ++x) pixels.set(colourAt(seed, x / width, y / height), (y * width + x) * 3);
  }
  const header = Buffer.from('II*\0\x08\0\0\0', 'latin1');
  // Size, bits, no compression, RGB, where the one strip is, three samples, all rows, its length.
  const fields = (strip) => [[0x100, width], [0x101, height], [0x102, '\x08\0\x08\0\x08\0'], [0x103, 1], [0x106, 2], [0x111, strip], [0x115, 3], [0x116, height], [0x117, pixels.length]];
  const directory = (strip) => {
    const made = folder(fields(strip), header.length);
    made.writeUInt16LE(3, 2 + 2 * 12 + 2);   // bits are three numbers of two bytes
    made.writeUInt32LE(3, 2 + 2 * 12 + 4);
    return made;
  };
  const strip = header.length + directory(0).length;
  return Buffer.concat([header, directory(strip), pixels]);
}
