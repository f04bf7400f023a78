package dev.respite.spring.boot.advice;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Advises the callers of a servlet application. A request has one advice in all of its dispatches, also to the error page. */
final class AdviceFilter implements Filter {

    /** The attribute of a request that has its advice. */
    static final String ADVICE = RequestAdvice.class.getName();

    private static final int UNCAUGHT = HttpServletResponse.SC_INTERNAL_SERVER_ERROR;

    private final RequestAdvices advices;

    AdviceFilter(RequestAdvices advices) {
        this.advices = advices;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        @Nullable RequestAdvice advice = (RequestAdvice) request.getAttribute(ADVICE);
        if (request.getDispatcherType() == DispatcherType.ERROR) {
            if (advice == null) {
                chain.doFilter(request, response);
            } else {
                advised(advice, response, request, chain);
            }
            return;
        }
        if (advice == null) {
            advice = new RequestAdvice();
            request.setAttribute(ADVICE, advice);
        }
        advice.open();
        @Nullable RequestAdvice before = advices.enter(advice);
        try {
            advised(advice, response, request, chain);
        } finally {
            advices.leave(before);
            if (!request.isAsyncStarted()) {
                advice.close();
            }
        }
    }

    private void advised(RequestAdvice advice, ServletResponse response, ServletRequest request, FilterChain chain)
            throws IOException, ServletException {
        AdvisedResponse advised = new AdvisedResponse((HttpServletResponse) response, advice);
        try {
            chain.doFilter(request, advised);
        } catch (Throwable uncaught) {
            advices.left(advice, uncaught);
            advised.advise(UNCAUGHT);
            throw uncaught;
        }
        // Another thread may have the response of an asynchronous request.
        if (!request.isAsyncStarted()) {
            advised.advise();
        }
    }
}
