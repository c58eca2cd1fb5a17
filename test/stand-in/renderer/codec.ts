/** A value that stays on its own side; the other side gets a stand-in for it. */
export interface LiveReference {
  readonly kind: 'function' | 'promise';
  /** `own`: registered by the encoder; `yours`: the decoder's own value coming back. */
  readonly owner: 'own' | 'yours';
  readonly id: number;
}

export interface LiveValues {
  /** Registers a function or a promise that is about to be sent. */
  refer(value: object): LiveReference;
  /** Gives the local stand-in (or original) for a reference that arrived. */
  resolve(reference: LiveReference): unknown;
}

export interface Codec {
  encode(value: unknown, live?: LiveValues): string;
  decode(text: string, live?: LiveValues): unknown;
}

/**
 * Text form of what the structured-clone algorithm can carry: undefined, BigInt, Date, Map, Set, RegExp, Error,
 * typed arrays, shared and cyclic references. Everything else is refused with Electron's own message.
 *
 * The body must not refer to anything outside itself: the same function is used in Node and, through its source
 * text, in both worlds of the page.
 */
export function createCodec(): Codec {
  type Cell = string | number | boolean | null | [number];
  type Node = [tag: string, ...cells: Cell[]];

  const refuse = (): never => {
    throw new Error('An object could not be cloned.');
  };
  const tagOf = (value: object): string => Object.prototype.toString.call(value).slice(8, -1);
  const parse = JSON.parse.bind(JSON);
  const print = JSON.stringify.bind(JSON);
  const viewTypes: Record<string, new (buffer: ArrayBuffer) => ArrayBufferView> = {
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    BigUint64Array,
    DataView,
  };
  const errorTypes: Record<string, new (message: string) => Error> = {
    EvalError,
    RangeError,
    ReferenceError,
    SyntaxError,
    TypeError,
    URIError,
  };

  function toBase64(bytes: Uint8Array): string {
    let binary = '';
    for (let at = 0; at < bytes.length; at += 8192) {
      binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
    }
    return btoa(binary);
  }

  function fromBase64(text: string): ArrayBuffer {
    const binary = atob(text);
    const bytes = new Uint8Array(binary.length);
    for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
    return bytes.buffer;
  }

  function encode(root: unknown, live?: LiveValues): string {
    const nodes: Node[] = [];
    const seen = new Map<object, number>();

    const add = (node: Node): [number] => [nodes.push(node) - 1];

    function cell(value: unknown): Cell {
      if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
      if (typeof value === 'number') {
        return Number.isFinite(value) && !Object.is(value, -0) ? value : add(['n', specialNumber(value)]);
      }
      if (value === undefined) return add(['u']);
      if (typeof value === 'bigint') return add(['i', value.toString()]);
      if (typeof value === 'symbol') return refuse();
      return reference(value);
    }

    function reference(value: object): [number] {
      const known = seen.get(value);
      if (known !== undefined) return [known];
      const node: Node = [''];
      const index = nodes.push(node) - 1;
      seen.set(value, index);
      fill(node, value);
      return [index];
    }

    function fill(node: Node, value: object): void {
      if (typeof value === 'function' || value instanceof Promise) return fillLive(node, value);
      if (Array.isArray(value)) {
        node[0] = 'a';
        for (const item of value) node.push(cell(item));
        return;
      }
      if (value instanceof Error) return fillError(node, value);
      if (ArrayBuffer.isView(value)) {
        const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
        node[0] = 'v';
        node.push(tagOf(value), toBase64(bytes));
        return;
      }
      fillByTag(node, value);
    }

    function fillByTag(node: Node, value: object): void {
      switch (tagOf(value)) {
        case 'Object':
          node[0] = 'o';
          for (const key of Object.keys(value)) {
            const item = (value as Record<string, unknown>)[key];
            // Across the context bridge symbols are dropped; in a clone `cell` refuses them.
            if (live && typeof item === 'symbol') continue;
            node.push(key, cell(item));
          }
          return;
        case 'Date':
          node[0] = 'd';
          node.push(cell((value as Date).getTime()));
          return;
        case 'RegExp':
          node[0] = 'r';
          node.push((value as RegExp).source, (value as RegExp).flags);
          return;
        case 'Map':
          node[0] = 'm';
          for (const [key, item] of value as Map<unknown, unknown>) node.push(cell(key), cell(item));
          return;
        case 'Set':
          node[0] = 's';
          for (const item of value as Set<unknown>) node.push(cell(item));
          return;
        case 'ArrayBuffer':
          node[0] = 'b';
          node.push(toBase64(new Uint8Array(value as ArrayBuffer)));
          return;
        default:
          refuse();
      }
    }

    function fillError(node: Node, error: Error): void {
      node[0] = 'e';
      node.push(String(error.name), String(error.message), cell(error.stack));
      if ('cause' in error && error.cause !== undefined && !live) node.push(cell(error.cause));
    }

    function fillLive(node: Node, value: object): void {
      if (!live) return refuse();
      const { kind, owner, id } = live.refer(value);
      node[0] = 'l';
      node.push(kind, owner, id);
    }

    const first = cell(root);
    return print([first, ...nodes]);
  }

  function specialNumber(value: number): string {
    return Object.is(value, -0) ? '-0' : String(value);
  }

  function decode(text: string, live?: LiveValues): unknown {
    const [first, ...nodes] = parse(text) as [Cell, ...Node[]];
    const made = new Map<number, unknown>();

    function value(cell: Cell | undefined): unknown {
      if (!Array.isArray(cell)) return cell;
      const [index] = cell;
      if (!made.has(index)) make(index);
      return made.get(index);
    }

    function keep<T>(index: number, result: T): T {
      made.set(index, result);
      return result;
    }

    function make(index: number): void {
      const [tag, ...cells] = nodes[index] ?? refuse();
      switch (tag) {
        case 'a': {
          const list = keep<unknown[]>(index, []);
          for (const cell of cells) list.push(value(cell));
          return;
        }
        case 'o':
          return makeObject(keep<Record<string, unknown>>(index, {}), cells);
        case 'm': {
          const map = keep(index, new Map<unknown, unknown>());
          for (let at = 0; at < cells.length; at += 2) map.set(value(cells[at]), value(cells[at + 1]));
          return;
        }
        case 's': {
          const set = keep(index, new Set<unknown>());
          for (const cell of cells) set.add(value(cell));
          return;
        }
        default:
          keep(index, makeLeaf(tag, cells));
      }
    }

    function makeObject(target: Record<string, unknown>, cells: Cell[]): void {
      for (let at = 0; at < cells.length; at += 2) {
        // Defined, not assigned: `__proto__` must arrive as an own property, as in a structured clone.
        Object.defineProperty(target, String(cells[at]), {
          value: value(cells[at + 1]),
          writable: true,
          enumerable: true,
          configurable: true,
        });
      }
    }

    function makeLeaf(tag: string, cells: Cell[]): unknown {
      const text = String(cells[0]);
      switch (tag) {
        case 'u':
          return undefined;
        case 'n':
          return Number(text);
        case 'i':
          return BigInt(text);
        case 'd':
          return new Date(Number(value(cells[0])));
        case 'r':
          return new RegExp(text, String(cells[1]));
        case 'b':
          return fromBase64(text);
        case 'v':
          return new (viewTypes[text] ?? refuse())(fromBase64(String(cells[1])));
        case 'e':
          return makeError(cells);
        case 'l':
          return live ? live.resolve(makeReference(cells)) : refuse();
        default:
          return refuse();
      }
    }

    function makeError([name, message, stack, cause]: Cell[]): Error {
      const error = new (errorTypes[String(name)] ?? Error)(String(message));
      const trace = value(stack);
      if (typeof trace === 'string') {
        Object.defineProperty(error, 'stack', { value: trace, writable: true, configurable: true });
      }
      if (cause !== undefined) {
        Object.defineProperty(error, 'cause', { value: value(cause), writable: true, configurable: true });
      }
      return error;
    }

    function makeReference([kind, owner, id]: Cell[]): LiveReference {
      return {
        kind: kind === 'promise' ? 'promise' : 'function',
        owner: owner === 'yours' ? 'yours' : 'own',
        id: Number(id),
      };
    }

    return value(first);
  }

  return { encode, decode };
}
