package dev.respite.idempotency.servlet;

import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletResponseWrapper;
import jakarta.servlet.http.HttpServletResponse;

/**
 * Hides the response object of Tomcat.
 *
 * <p>After a forward, Tomcat 11 searches the wrappers for its own response and marks it as finished. A response that is
 * written after it was recorded would then be dropped, and an empty 200 sent. Other containers need to find their response.
 */
final class TomcatResponse {

    private static final String TOMCAT = "org.apache.catalina.";

    private TomcatResponse() {}

    /** Returns the response, hidden if it is Tomcat's. */
    static HttpServletResponse hidden(HttpServletResponse response) {
        ServletResponse own = response;
        while (own instanceof ServletResponseWrapper wrapper) {
            own = wrapper.getResponse();
        }
        return own.getClass().getName().startsWith(TOMCAT) ? unlikeAWrapper(response) : response;
    }

    private static HttpServletResponse unlikeAWrapper(HttpServletResponse response) {
        return Delegation.proxy(
                HttpServletResponse.class, (proxy, method, arguments) -> Delegation.call(response, method, arguments));
    }
}
