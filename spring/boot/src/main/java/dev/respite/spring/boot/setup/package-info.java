/**
 * Checks of the set-up of an application, and the reports of errors. Applications do not use this package.
 *
 * <p>Start with {@link dev.respite.spring.boot.setup.SetupException}.
 */
@NullMarked
package dev.respite.spring.boot.setup;

import org.jspecify.annotations.NullMarked;
