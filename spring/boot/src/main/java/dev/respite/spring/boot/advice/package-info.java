/**
 * The advice of a server to its callers not to retry, after its own retries have given up. Applications name nothing of this package.
 */
@NullMarked
package dev.respite.spring.boot.advice;

import org.jspecify.annotations.NullMarked;
