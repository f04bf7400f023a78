package dev.respite.lab;

import org.teavm.jso.JSExport;
import org.teavm.jso.JSFunctor;
import org.teavm.jso.JSObject;

/** The engine as a JavaScript module, for browsers without garbage collection in WebAssembly: it exports {@code respond}. */
public final class ScriptEntry {

    private ScriptEntry() {}

    /** Does nothing. TeaVM requires it of a program. */
    public static void main(String[] args) {}

    /** A function of the host. */
    @JSFunctor
    public interface Progress extends JSObject {
        void report(int done, int total);
    }

    @JSExport
    public static String respond(String request, Progress progress) {
        return Engine.respond(request, (done, total) -> progress.report((int) done, (int) total));
    }
}
