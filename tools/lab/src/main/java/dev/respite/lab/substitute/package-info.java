/**
 * Replaces parts of the JDK and of HdrHistogram in the compiled program.
 *
 * <p>Start with {@link dev.respite.lab.substitute.LibraryMethods} for single methods. Classes are in the packages below, under
 * the names of the packages that they belong to, with a T in front as TeaVM's own have it.
 */
@NullMarked
package dev.respite.lab.substitute;

import org.jspecify.annotations.NullMarked;
