/** Retries of annotated methods in Spring. Start with {@link dev.respite.spring.Retries}. */
@NullMarked
package dev.respite.spring;

import org.jspecify.annotations.NullMarked;
