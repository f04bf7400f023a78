/**
 * Tests of Spring Boot applications with Respite: virtual time, and POSTs that are sent again.
 *
 * <p>Start with {@link dev.respite.spring.boot.test.WithVirtualTime} and {@link dev.respite.spring.boot.test.RepeatedPosts}.
 *
 * @since 0.1
 */
@NullMarked
package dev.respite.spring.boot.test;

import org.jspecify.annotations.NullMarked;
