/** The {@link dev.respite.logging.FailureText text of failures} in logs and stored records. For the modules of Respite. */
@NullMarked
package dev.respite.logging;

import org.jspecify.annotations.NullMarked;
