/** Retries for OkHttp 5, which sends a request again only where a policy and the rules of HTTP permit it. */
@NullMarked
package dev.respite.okhttp;

import org.jspecify.annotations.NullMarked;
