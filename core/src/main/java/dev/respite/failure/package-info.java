/**
 * What a failure says of itself, whichever library threw it: an HTTP status, an SQLState, a gRPC code, that nothing was
 * sent, that time was up. Foreign classes are recognized by name, so nothing of theirs is needed. Pure.
 */
@NullMarked
package dev.respite.failure;

import org.jspecify.annotations.NullMarked;
