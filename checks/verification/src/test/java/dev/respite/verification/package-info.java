/** Tests over all modules: the architecture, the documents, and one engine under every driver. */
@NullMarked
package dev.respite.verification;

import org.jspecify.annotations.NullMarked;
