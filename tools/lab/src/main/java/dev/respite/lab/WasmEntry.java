package dev.respite.lab;

import org.teavm.interop.Export;
import org.teavm.interop.Import;

/**
 * The engine as a WebAssembly module. Its functions have numbers only, so a page needs no generated code to call them, and a content
 * security policy need not allow any: a request goes in by its UTF-16 code units, and its response comes out so.
 *
 * <pre>
 *   begin(length); put(i, unit) for each i; respond() ──► the length of the response; get(i) for each i
 * </pre>
 *
 * <p>While a run goes on, the module calls {@code lab.progress(done, total)} of its host.
 */
public final class WasmEntry {

    private static char[] request = {};
    private static String response = "";

    private WasmEntry() {}

    /** Does nothing. TeaVM requires it of a program. */
    public static void main(String[] args) {}

    @Export(name = "begin")
    public static void begin(int length) {
        request = new char[length];
    }

    @Export(name = "put")
    public static void put(int index, int unit) {
        request[index] = (char) unit;
    }

    @Export(name = "respond")
    public static int respond() {
        response = Engine.respond(new String(request), (done, total) -> progress((int) done, (int) total));
        return response.length();
    }

    @Export(name = "get")
    public static int get(int index) {
        return response.charAt(index);
    }

    @Import(module = "lab", name = "progress")
    private static native void progress(int done, int total);
}
