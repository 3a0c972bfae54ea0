// node compress.mjs FOLDER: writes x.gz and x.br beside each file x where that is smaller, for clients that take them.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const forms = {
  '.gz': (bytes) => gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION }),
  '.br': (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
};

function compressAll(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      compressAll(path);
      continue;
    }
    const bytes = readFileSync(path);
    for (const [ending, compress] of Object.entries(forms)) {
      const smaller = compress(bytes);
      if (smaller.length < bytes.length) writeFileSync(path + ending, smaller);
    }
  }
}

compressAll(process.argv[2]);
