/** The servlet filter in Spring Boot applications, on real containers, over real sockets. */
@NullMarked
package dev.respite.stacks.idempotency;

import org.jspecify.annotations.NullMarked;
