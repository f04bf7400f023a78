package dev.respite.spring.boot.advice;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;

/** A response that gets its advice when its body or its end is written: what commits it comes later. */
final class AdvisedResponse extends HttpServletResponseWrapper {

    private final RequestAdvice advice;

    AdvisedResponse(HttpServletResponse response, RequestAdvice advice) {
        super(response);
        this.advice = advice;
    }

    /** Adds the advice for the present status, unless the response is committed. */
    void advise() {
        advise(getStatus());
    }

    void advise(int status) {
        if (!isCommitted()) {
            RequestAdvices.fields(advice, status, this::containsHeader).forEach(this::setHeader);
        }
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
        advise();
        return super.getOutputStream();
    }

    @Override
    public PrintWriter getWriter() throws IOException {
        advise();
        return super.getWriter();
    }

    @Override
    public void flushBuffer() throws IOException {
        advise();
        super.flushBuffer();
    }

    @Override
    public void sendError(int status) throws IOException {
        advise(status);
        super.sendError(status);
    }

    @Override
    public void sendError(int status, String message) throws IOException {
        advise(status);
        super.sendError(status, message);
    }
}
