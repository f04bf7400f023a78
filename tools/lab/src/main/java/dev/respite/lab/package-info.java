/**
 * The simulator as a page can use it: one function from a request to a response, both in JSON. Not published.
 *
 * <p>Start with {@link dev.respite.lab.Engine}, which runs on the JVM too. {@link dev.respite.lab.WasmEntry} makes it the
 * program that TeaVM compiles to WebAssembly, {@link dev.respite.lab.ScriptEntry} the one that it compiles to JavaScript.
 */
@NullMarked
package dev.respite.lab;

import org.jspecify.annotations.NullMarked;
