package dev.respite.spring.boot.advice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.Retry;
import dev.respite.policy.RetryPolicy;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.ConnectException;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

/** The filter on the thread of a test, as under MockMvc. */
class AdviceFilterTest {

    private final RequestAdvices advices = new RequestAdvices();
    private final Retry retry = (Retry) advices.postProcessAfterInitialization(
            Retry.of(RetryPolicy.parse("max-attempts=2 base-delay=1ms budget=off")), "retry");
    private final MockHttpServletRequest request = new MockHttpServletRequest();
    private final MockHttpServletResponse response = new MockHttpServletResponse();

    private void serve(FilterChain chain) throws IOException, ServletException {
        new AdviceFilter(advices).doFilter(request, response, chain);
    }

    private String fails() throws ConnectException {
        throw new ConnectException("refused");
    }

    @Test
    void thread_afterARequest_hasNoneOfIt() throws Exception {
        serve((servletRequest, servletResponse) -> assertThat(advices.current()).isNotNull());
        assertThat(advices.current()).isNull();
    }

    @Test
    void uncaughtFailure_isThrownOn_withAdviceAndNothingLeftOnTheThread() {
        assertThatThrownBy(() -> serve((servletRequest, servletResponse) -> retry.call(this::fails)))
                .isInstanceOf(ConnectException.class);
        assertThat(response.getHeader("x-should-retry")).isEqualTo("false");
        assertThat(advices.current()).isNull();
    }

    @Test
    void callThatEndsOutsideOfTheRequest_changesNothing() throws Exception {
        serve((servletRequest, servletResponse) -> response.setStatus(503));
        RequestAdvice advice = (RequestAdvice) request.getAttribute(AdviceFilter.ADVICE);
        var unused = advices.enter(advice);
        assertThatThrownBy(() -> retry.call(this::fails)).isInstanceOf(ConnectException.class);
        advices.leave(null);

        assertThat(advice.isGivenUp()).isFalse();
        assertThat(response.getHeader("x-should-retry")).isNull();
    }

    @Test
    void cancelledCall_leavesTheEndOfTheOneBefore() throws Exception {
        serve((servletRequest, servletResponse) -> {
            assertThatThrownBy(() -> retry.call(this::fails)).isInstanceOf(ConnectException.class);
            assertThat(retry.callAsync(java.util.concurrent.CompletableFuture::new)
                            .cancel(true))
                    .isTrue();
            response.setStatus(502);
        });
        assertThat(response.getHeader("x-should-retry")).isEqualTo("false");
    }

    @Test
    void errorWithoutAndWithAMessage_hasTheAdvice() throws Exception {
        serve((servletRequest, servletResponse) -> {
            assertThatThrownBy(() -> retry.call(this::fails)).isInstanceOf(ConnectException.class);
            ((HttpServletResponse) servletResponse).sendError(503);
        });
        assertThat(response.getHeader("x-should-retry")).isEqualTo("false");
        MockHttpServletResponse explained = new MockHttpServletResponse();
        new AdviceFilter(advices)
                .doFilter(new MockHttpServletRequest(), explained, (servletRequest, servletResponse) -> {
                    assertThatThrownBy(() -> retry.call(this::fails)).isInstanceOf(ConnectException.class);
                    ((HttpServletResponse) servletResponse).sendError(503, "the shop is closed");
                });
        assertThat(explained.getHeader("x-should-retry")).isEqualTo("false");
    }
}
