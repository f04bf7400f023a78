/**
 * The extensions that TeaVM's compiler loads.
 *
 * <p>Start with {@link dev.respite.lab.compiler.Substitutions}.
 */
@NullMarked
package dev.respite.lab.compiler;

import org.jspecify.annotations.NullMarked;
