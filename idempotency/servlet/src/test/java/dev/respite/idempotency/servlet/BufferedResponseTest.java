package dev.respite.idempotency.servlet;

import static dev.respite.idempotency.servlet.TomcatFixture.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletResponse;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Handlers behind the filter see requests and responses like others. */
class BufferedResponseTest {

    private TomcatFixture fixture;

    @BeforeEach
    void open() throws Exception {
        fixture = new TomcatFixture();
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private HttpResponse<String> responseOf(TomcatFixture.Handler handler) throws Exception {
        fixture.serve(handler);
        return fixture.post("\"k\"");
    }

    @Test
    void writer_withoutCharset_isLatin1AndSaysSo() throws Exception {
        HttpResponse<String> received = responseOf((request, response) -> {
            response.setContentType("text/plain");
            response.getWriter().write("Grüße");
            response.setCharacterEncoding("UTF-8");
        });
        assertThat(received.headers().firstValue("Content-Type").orElseThrow().replace(" ", ""))
                .isEqualToIgnoringCase("text/plain;charset=ISO-8859-1");
        assertThat(received.body()).isEqualTo("Grüße");
    }

    @Test
    void writer_withCharset_isInIt() throws Exception {
        HttpResponse<String> received = responseOf((request, response) -> {
            response.setContentType("text/plain; charset=\"utf-8\"; format=flowed");
            assertThat(response.getCharacterEncoding()).isEqualTo("utf-8");
            response.getWriter().write("€");
        });
        assertThat(received.headers().firstValue("Content-Type").orElseThrow().replace(" ", ""))
                .isEqualToIgnoringCase("text/plain;format=flowed;charset=utf-8");
        assertThat(received.body()).isEqualTo("€");
    }

    @Test
    void writerAndStream_both_areRejected() throws Exception {
        responseOf((request, response) -> {
            response.getWriter();
            assertThatThrownBy(response::getOutputStream).isInstanceOf(IllegalStateException.class);
            response.reset();
            response.getOutputStream();
            assertThatThrownBy(response::getWriter).isInstanceOf(IllegalStateException.class);
        });
    }

    @Test
    void sendError_isAProblemDocument_andReplayedInTheSameBytes() throws Exception {
        fixture.serve((request, response) -> {
            response.setCharacterEncoding("ISO-8859-1");
            response.setHeader("Content-Encoding", "br");
            response.getWriter().write("half a resu");
            response.sendError(404, "no account \"ü\"\n");
            assertThat(response.isCommitted()).isTrue();
            assertThatThrownBy(() -> response.sendError(500)).isInstanceOf(IllegalStateException.class);
            response.setStatus(200);
            response.getWriter().write("nor this");
        });
        HttpResponse<String> first = fixture.post("\"k\"");
        assertThat(first.statusCode()).isEqualTo(404);
        assertThat(first.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(first.headers().firstValue("Content-Encoding")).isEmpty();
        assertThat(first.body())
                .isEqualTo("{\"type\":\"about:blank\",\"status\":404,\"detail\":\"no account \\\"ü\\\"\\u000a\"}");
        HttpResponse<String> second = fixture.post("\"k\"");
        assertThat(TomcatFixture.isReplay(second)).isTrue();
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(second.headers().firstValue("Content-Type")).contains("application/problem+json");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 409})
    void sendError_withoutMessage_hasTheStatus(int status) throws Exception {
        HttpResponse<String> received = responseOf((request, response) -> response.sendError(status));
        assertThat(received.body()).isEqualTo("{\"type\":\"about:blank\",\"status\":" + status + "}");
    }

    @Test
    void stream_writtenByteByByte_isSentInFull() throws Exception {
        HttpResponse<String> received = responseOf((request, response) -> {
            ServletOutputStream out = response.getOutputStream();
            out.write('a');
            out.print("bc");
        });
        assertThat(received.body()).isEqualTo("abc");
    }

    @Test
    void stream_afterSendError_isIgnored() throws Exception {
        HttpResponse<String> received = responseOf((request, response) -> {
            ServletOutputStream out = response.getOutputStream();
            out.write('a');
            response.sendError(409);
            out.write('b');
            out.print("c");
        });
        assertThat(received.body()).isEqualTo("{\"type\":\"about:blank\",\"status\":409}");
    }

    @Test
    void contentType_thatIsSet_isReadBack() throws Exception {
        HttpResponse<String> received = responseOf((request, response) -> {
            assertThat(response.getContentType()).isNull();
            assertThat(response.containsHeader("Content-Type")).isFalse();
            response.setContentType("text/plain");
            assertThat(response.getContentType()).isEqualTo("text/plain");
            response.setCharacterEncoding(StandardCharsets.UTF_8);
            assertThat(response.getContentType()).isEqualTo("text/plain;charset=UTF-8");
            assertThat(response.getHeader("content-type")).isEqualTo("text/plain;charset=UTF-8");
            assertThat(response.getHeaders("Content-Type")).containsExactly("text/plain;charset=UTF-8");
            response.setContentType(null);
            assertThat(response.getContentType()).isNull();
            response.setHeader("Content-Type", "text/html;charset=US-ASCII");
            assertThat(response.getCharacterEncoding()).isEqualTo("US-ASCII");
        });
        assertThat(received.headers().firstValue("Content-Type").orElseThrow().replace(" ", ""))
                .isEqualToIgnoringCase("text/html;charset=US-ASCII");
    }

    @Test
    void sendError_ofAStatusThatIsNoError_hasNoBody() throws Exception {
        fixture.serve((request, response) -> {
            response.setContentType("text/plain");
            response.sendError(304, "as before");
        });
        HttpResponse<String> received = fixture.post("\"k\"");
        assertThat(received.statusCode()).isEqualTo(304);
        assertThat(received.headers().firstValue("Content-Type")).isEmpty();
    }

    @Test
    void sendRedirect_isReplayed() throws Exception {
        responseOf((request, response) -> response.sendRedirect("/orders/1"));
        HttpResponse<String> again = fixture.post("\"k\"");
        assertThat(again.statusCode()).isEqualTo(302);
        assertThat(again.headers().firstValue("Location")).contains("/orders/1");
    }

    @Test
    void sendRedirect_thatKeepsTheBody_isSentWithIt() throws Exception {
        HttpResponse<String> received = responseOf((request, response) -> {
            response.getWriter().write("see /orders/1");
            response.sendRedirect("/orders/1", 303, false);
            assertThat(response.isCommitted()).isFalse();
        });
        assertThat(received.statusCode()).isEqualTo(303);
        assertThat(received.headers().firstValue("Location")).contains("/orders/1");
        assertThat(received.body()).isEqualTo("see /orders/1");
    }

    @Test
    void headers_ofAllKinds_areSent() throws Exception {
        HttpResponse<String> received = responseOf((request, response) -> {
            response.setHeader("A", "1");
            response.setHeader("A", "2");
            response.addHeader("A", "3");
            response.setIntHeader("N", 7);
            response.addIntHeader("N", 8);
            response.setDateHeader("Last-Modified", 0);
            response.addDateHeader("Expires", 1_000);
            response.setHeader("Gone", "1");
            response.setHeader("Gone", null);
            response.setContentLength(99);
            assertThat(response.getLocale()).isEqualTo(Locale.getDefault());
            response.setLocale(Locale.GERMANY);
            assertThat(response.getLocale()).isEqualTo(Locale.GERMANY);
            Cookie cookie = new Cookie("s", "1");
            cookie.setHttpOnly(true);
            cookie.setMaxAge(60);
            response.addCookie(cookie);
            assertThat(response.containsHeader("a")).isTrue();
            assertThat(response.getHeader("a")).isEqualTo("2");
            assertThat(response.getHeaders("A")).containsExactly("2", "3");
            assertThat(response.getHeaderNames()).contains("A", "N");
            assertThat(response.getStatus()).isEqualTo(200);
            response.flushBuffer();
            assertThat(response.isCommitted()).isFalse();
        });
        assertThat(received.headers().allValues("A")).containsExactly("2", "3");
        assertThat(received.headers().allValues("N")).containsExactly("7", "8");
        assertThat(received.headers().firstValue("Last-Modified")).contains("Thu, 01 Jan 1970 00:00:00 GMT");
        assertThat(received.headers().firstValue("Expires")).contains("Thu, 01 Jan 1970 00:00:01 GMT");
        assertThat(received.headers().firstValue("Gone")).isEmpty();
        assertThat(received.headers().firstValue("Content-Length")).contains("0");
        assertThat(received.headers().firstValue("Content-Language")).contains("de-DE");
        assertThat(received.headers().firstValue("Set-Cookie").orElseThrow())
                .startsWith("s=1; ")
                .contains("HttpOnly")
                .contains("Max-Age=60");
    }

    @Test
    void reset_ofAllThatWasWritten_beginsAnew() throws Exception {
        HttpResponse<String> received = responseOf((request, response) -> {
            response.setStatus(201);
            response.addHeader("Content-Type", "text/plain;charset=UTF-8");
            response.addHeader("Location", "/orders/1");
            response.getWriter().write("half a resu");
            response.flushBuffer();
            response.reset();
            assertThat(response.getCharacterEncoding()).isEqualTo("ISO-8859-1");
            response.addHeader("Content-Type", "text/html");
            response.getOutputStream().print("none");
        });
        assertThat(received.statusCode()).isEqualTo(200);
        assertThat(received.headers().firstValue("Location")).isEmpty();
        assertThat(received.headers().firstValue("Content-Type")).contains("text/html");
        assertThat(received.body()).isEqualTo("none");
    }

    @Test
    void resetBuffer_ofText_keepsAllButTheText() throws Exception {
        HttpResponse<String> received = responseOf((request, response) -> {
            response.setStatus(201);
            response.setHeader("Location", "/orders/1");
            response.getWriter().write("half a resu");
            response.resetBuffer();
            response.getWriter().write("result");
        });
        assertThat(received.statusCode()).isEqualTo(201);
        assertThat(received.headers().firstValue("Location")).contains("/orders/1");
        assertThat(received.body()).isEqualTo("result");
    }

    @Test
    void headers_ofWhoIsBefore_stay() throws Exception {
        fixture.add(
                (request, response, chain) -> {
                    HttpServletResponse http = (HttpServletResponse) response;
                    http.addHeader("Vary", "Origin");
                    http.addHeader("X-Frame-Options", "DENY");
                    chain.doFilter(request, response);
                },
                DispatcherType.REQUEST);
        HttpResponse<String> received = responseOf((request, response) -> {
            assertThat(response.containsHeader("X-Frame-Options")).isTrue();
            response.addHeader("Vary", "Accept");
        });
        assertThat(received.headers().allValues("Vary")).containsExactlyInAnyOrder("Origin", "Accept");
        assertThat(received.headers().firstValue("X-Frame-Options")).contains("DENY");
        HttpResponse<String> again = fixture.post("\"k\"");
        assertThat(again.headers().allValues("Vary")).containsExactly("Origin");
    }

    @Test
    void form_parameters_areThoseOfQueryAndBody() throws Exception {
        fixture.serve((request, response) -> {
            assertThat(request.getParameter("a")).isEqualTo("1");
            assertThat(request.getParameterValues("a")).containsExactly("1", "2");
            assertThat(request.getParameter("ü")).isEqualTo("€ &");
            assertThat(request.getParameter("flag")).isEmpty();
            assertThat(request.getParameter("none")).isNull();
            assertThat(Collections.list(request.getParameterNames())).containsExactly("a", "ü", "flag");
            response.getWriter().write(Arrays.toString(request.getParameterMap().get("a")));
        });
        assertThat(fixture.send(fixture.request("/pay?a=1", "a=2&&%C3%BC=%E2%82%AC+%26&flag")
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .header(KEY, "\"k\""))
                        .body())
                .isEqualTo("[1, 2]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"discount=5%", "amount=1"})
    void body_thatIsNoForm_hasNoParameters(String body) throws Exception {
        fixture.serve((request, response) -> response.getWriter()
                .write(request.getReader().readLine() + " "
                        + request.getParameterMap().size()));
        assertThat(fixture.send(fixture.request("/pay", body)
                                .header("Content-Type", "text/plain")
                                .header(KEY, "\"k\""))
                        .body())
                .isEqualTo(body + " 0");
    }

    @Test
    void body_byReader_isInItsCharset() throws Exception {
        fixture.serve((request, response) -> {
            response.setCharacterEncoding("UTF-8");
            response.getWriter().write(request.getReader().readLine());
        });
        HttpResponse<String> received =
                fixture.send(request -> request.POST(BodyPublishers.ofString("€", StandardCharsets.UTF_8))
                        .header("Content-Type", "text/plain;charset=utf-8")
                        .header(KEY, "\"k\""));
        assertThat(received.body()).isEqualTo("€");
    }
}
