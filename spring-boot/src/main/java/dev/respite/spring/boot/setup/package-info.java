/**
 * What the parts of Respite check in an application of Spring Boot, and how they report what is wrong. Applications use none of
 * it.
 *
 * <p>Start with {@link dev.respite.spring.boot.setup.SetupException}.
 */
@NullMarked
package dev.respite.spring.boot.setup;

import org.jspecify.annotations.NullMarked;
