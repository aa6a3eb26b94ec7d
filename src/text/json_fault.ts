// What JSON.parse lets through, or chokes on: keys that come twice, and depths that only an attack has.

/** No file or message of the suite nests a quarter as deep. */
const MAX_DEPTH = 64;

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const [OPEN_BRACKET, CLOSE_BRACKET] = [0x5b, 0x5d];
const [OPEN_BRACE, CLOSE_BRACE] = [0x7b, 0x7d];

/** Too deep for anything the suite reads, or a key twice, of which JSON.parse would keep the last. */
export type JsonFault = Readonly<{ kind: "too-deep" | "twice"; key: string }>;

/** Looks a JSON text over before it is parsed, in one pass and without recursion; `undefined` where nothing is. */
export function findJsonFault(json: string): JsonFault | undefined {
  /** What is open: the keys of an object so far, or a list. */
  const open: (Set<string> | undefined)[] = [];
  let atKey = false;
  for (let i = 0; i < json.length; i++) {
    switch (json.charCodeAt(i)) {
      case QUOTE: {
        const end = endOfString(json, i);
        if (end === -1) return undefined;
        if (atKey) {
          const key = readKey(json, i, end);
          const keys = open.at(-1);
          if (keys?.has(key)) return { kind: "twice", key };
          keys?.add(key);
          atKey = false;
        }
        i = end;
        break;
      }
      case OPEN_BRACE:
      case OPEN_BRACKET:
        atKey = json.charCodeAt(i) === OPEN_BRACE;
        open.push(atKey ? new Set() : undefined);
        if (open.length > MAX_DEPTH) return { kind: "too-deep", key: "" };
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        open.pop();
        atKey = false;
        break;
      case COMMA:
        atKey = open.at(-1) !== undefined;
        break;
    }
  }
  return undefined;
}

/** The place of the closing quote; -1 where there is none. */
function endOfString(json: string, start: number): number {
  let end = json.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(json, end)) end = json.indexOf('"', end + 1);
  return end;
}

function isEscaped(json: string, at: number): boolean {
  let backslashes = 0;
  while (json.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++;
  return backslashes % 2 === 1;
}

/** The key as JSON.parse reads it: `"p\u0035"` is `"p5"`. */
function readKey(json: string, start: number, end: number): string {
  const raw = json.slice(start + 1, end);
  if (!raw.includes("\\")) return raw;
  try {
    return JSON.parse(json.slice(start, end + 1)) as string;
  } catch {
    return raw;
  }
}
