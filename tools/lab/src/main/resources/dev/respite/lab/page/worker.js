// The engine in a worker: new Worker("worker.js", {type: "module"}).
// In:  {module}                          once, if the address has "given": the compiled engine, or undefined if the page could not compile it
//      {id, request}                     a request as dev.respite.lab.Engine has it, as text
// Out: {form}                            once, when the engine is loaded: "wasm" or "js"
//      {id, done, total}                 simulated seconds, a few times a second while a run goes on
//      {id, response}                    the response, as text
//      {failure}                         the engine cannot be loaded
// A run ends early with worker.terminate(). The address worker.js?form=js (or wasm) has that form only.

// Each failure of an attempt would otherwise have its stack recorded: five times the time.
Error.stackTraceLimit = 0;

const REPORT_MS = 100;

let current;
let reported = 0;

function progress(done, total) {
  const now = performance.now();
  if (now - reported >= REPORT_MS) {
    reported = now;
    postMessage({id: current, done, total});
  }
}

/** The functions that the module needs of TeaVM's own runtime, which cannot be used: it generates code, and security policies forbid that. */
function runtime(module) {
  const nothing = () => {};
  const [section] = WebAssembly.Module.customSections(module, "teavm.memoryRequirements");
  const {dataSize = 0, min: pages = 1} = section ? JSON.parse(new TextDecoder().decode(section)) : {};
  const memory = new WebAssembly.Memory({initial: pages, maximum: 32768});
  return {
    lab: {progress},
    env: {memory},
    teavm: {
      takeStackTrace: () => ({getStack: () => []}),
      decorateException: nothing,
      createWeakRef: value => new WeakRef(value),
      deref: reference => reference.deref() ?? null,
    },
    // Strings pass as code units: without the builtins for them, and so in every browser alike.
    teavmJso: {
      stringBuiltinsSupported: () => 0,
      createClass: () => function() {},
      defineFunction: body => body,
      defineStaticMethod: nothing,
    },
    "wasm:js-string": {
      fromCharCode: code => String.fromCharCode(code),
      charCodeAt: (text, at) => text.charCodeAt(at),
      concat: (one, other) => one + other,
      length: text => text.length,
      substring: (text, from, to) => text.substring(from, to),
    },
    teavmConsole: {putcharStdout: nothing, putcharStderr: nothing},
    teavmDate: {currentTimeMillis: () => Date.now()},
    teavmMath: Math,
    teavmMemory: {
      notifyHeapResized: nothing,
      linearMemory: () => memory.buffer,
      heapOffset: new WebAssembly.Global({value: "i32"}, (dataSize + 7) & ~7),
      maxSize: new WebAssembly.Global({value: "i32"}, 2 ** 31 - 1),
    },
  };
}

/** A function of the library that the module names and does not call. */
function absent(name) {
  return () => {
    throw new Error(`not in this runtime: ${name}`);
  };
}

let give;
const given = new Promise(resolve => {
  give = resolve;
});

async function loadWasm(isGiven) {
  const module = (isGiven ? await given : undefined) ?? await WebAssembly.compileStreaming(fetch(new URL("engine.wasm", import.meta.url)));
  const imports = runtime(module);
  for (const {module: source, name} of WebAssembly.Module.imports(module)) {
    imports[source] ??= {};
    imports[source][name] ??= name.startsWith("createFunction") ? (...text) => absent(text.at(-1)) : absent(`${source}.${name}`);
  }
  const instance = await WebAssembly.instantiate(module, imports);
  const {begin, put, respond, get} = instance.exports;
  return request => {
    begin(request.length);
    for (let i = 0; i < request.length; i++) {
      put(i, request.charCodeAt(i));
    }
    const parts = [];
    const length = respond();
    for (let from = 0; from < length; from += 4096) {
      const units = new Uint16Array(Math.min(4096, length - from));
      for (let i = 0; i < units.length; i++) {
        units[i] = get(from + i);
      }
      parts.push(String.fromCharCode(...units));
    }
    return parts.join("");
  };
}

async function loadScript() {
  const module = await import(new URL("engine.js", import.meta.url));
  return request => module.respond(request, progress);
}

async function load() {
  const query = new URLSearchParams(self.location.search);
  const wanted = query.get("form");
  if (wanted !== "js") {
    try {
      return {form: "wasm", respond: await loadWasm(query.has("given"))};
    } catch (failure) {
      if (wanted === "wasm") {
        throw failure;
      }
    }
  }
  return {form: "js", respond: await loadScript()};
}

const loaded = load();
loaded.then(({form}) => postMessage({form}), failure => postMessage({failure: String(failure)}));

/** The engine reports what it refuses by itself; here it has failed as a whole. */
function failed(failure) {
  return JSON.stringify({error: String(failure)});
}

onmessage = async ({data: {id, request, ...other}}) => {
  if ("module" in other) {
    give(other.module);
    return;
  }
  const {respond} = await loaded;
  current = id;
  reported = performance.now();
  let response;
  try {
    response = respond(request);
  } catch (failure) {
    response = failed(failure);
  }
  postMessage({id, response});
};
