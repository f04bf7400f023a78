/** Idempotent endpoints of Spring Boot applications, on real containers, over real sockets, with files of H2. */
@NullMarked
package dev.respite.stacks.idempotency.boot;

import org.jspecify.annotations.NullMarked;
