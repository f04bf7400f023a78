package dev.respite.idempotency.servlet;

import static dev.respite.idempotency.servlet.TomcatFixture.KEY;
import static dev.respite.idempotency.servlet.TomcatFixture.guard;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.Scope;
import dev.respite.idempotency.http.KeyRequirement;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Optional;
import org.apache.tomcat.util.descriptor.web.ErrorPage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Filters before ours, and dispatches that are not the request's own. */
class NeighboursTest {

    private TomcatFixture fixture;

    @BeforeEach
    void open() throws Exception {
        fixture = new TomcatFixture();
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private HttpResponse<String> form(String body) throws Exception {
        return fixture.send(fixture.request("/pay", body)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header(KEY, "\"k\""));
    }

    private TomcatFixture withTokenFilter() {
        return fixture.add(
                (request, response, chain) -> {
                    request.getParameter("token");
                    chain.doFilter(request, response);
                },
                DispatcherType.REQUEST);
    }

    private void servePaymentsByForm() throws Exception {
        fixture.serve((request, response) -> response.getWriter()
                .write("paid " + request.getParameter("amount") + " as number " + fixture.effects.incrementAndGet()));
    }

    /** As filters do that look for a token in the form. */
    @Test
    void form_readByAFilterBefore_isComparedByItsParameters() throws Exception {
        withTokenFilter();
        servePaymentsByForm();
        assertThat(form("token=1&amount=100").body()).isEqualTo("paid 100 as number 1");
        HttpResponse<String> again = form("amount=%3100&token=1");
        assertThat(again.body()).isEqualTo("paid 100 as number 1");
        assertThat(TomcatFixture.isReplay(again)).isTrue();
        TomcatFixture.assertProblem(form("token=1&amount=999"), 422, "key-reused");
        TomcatFixture.assertProblem(form("token=1&amount=100&amount=1"), 422, "key-reused");
        assertThat(fixture.effects).hasValue(1);
    }

    /** Of a length that is not known either. */
    @Test
    void chunkedForm_readByAFilterBefore_isComparedByItsParameters() throws Exception {
        withTokenFilter();
        servePaymentsByForm();
        assertThat(chunked("amount=100").body()).isEqualTo("paid 100 as number 1");
        assertThat(TomcatFixture.isReplay(chunked("amount=100"))).isTrue();
        TomcatFixture.assertProblem(chunked("amount=999"), 422, "key-reused");
    }

    private HttpResponse<String> chunked(String form) throws Exception {
        return fixture.send(fixture.request("/pay", "")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header(KEY, "\"k\"")
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(form.getBytes(UTF_8)))));
    }

    /** As Spring's filter for forms of PATCH: it reads the body, and has parameters that the container does not have. */
    @Test
    void form_parsedByAFilterBefore_isComparedByItsParameters() throws Exception {
        fixture.add(
                (request, response, chain) -> {
                    Map<String, String[]> parameters = Form.merged(
                            request.getParameterMap(), request.getInputStream().readAllBytes(), "UTF-8");
                    chain.doFilter(
                            new HttpServletRequestWrapper((HttpServletRequest) request) {
                                @Override
                                public Map<String, String[]> getParameterMap() {
                                    return parameters;
                                }
                            },
                            response);
                },
                DispatcherType.REQUEST);
        fixture.serve(
                IdempotencyFilter.of(guard(fixture.store).withKeyRequirement(KeyRequirement.requiredFor("PATCH"))),
                (request, response) -> response.getWriter()
                        .write(request.getParameter("amount") + " as number " + fixture.effects.incrementAndGet()));
        assertThat(patch("amount=100").body()).isEqualTo("100 as number 1");
        assertThat(TomcatFixture.isReplay(patch("amount=100"))).isTrue();
        TomcatFixture.assertProblem(patch("amount=999"), 422, "key-reused");
    }

    private HttpResponse<String> patch(String form) throws Exception {
        return fixture.send(fixture.request("/pay?q=1", "")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header(KEY, "\"k\"")
                .method("PATCH", BodyPublishers.ofString(form)));
    }

    /** Its body can no longer be compared. */
    @Test
    void body_readByAFilterBeforeAndNotAsAForm_isRejected() throws Exception {
        fixture.add(
                (request, response, chain) -> {
                    request.getInputStream().readAllBytes();
                    chain.doFilter(request, response);
                },
                DispatcherType.REQUEST);
        servePaymentsByForm();
        assertThat(form("amount=100").statusCode()).isEqualTo(500);
        HttpResponse<String> withQuery = fixture.send(fixture.request("/pay?q=1", "amount=100")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header(KEY, "\"k\""));
        assertThat(withQuery.statusCode()).isEqualTo(500);
        assertThat(fixture.post("\"k\"").statusCode()).isEqualTo(500);
        assertThat(fixture.effects).hasValue(0);
    }

    @Test
    void form_thatIsEmpty_isPaid() throws Exception {
        fixture.serve((request, response) -> fixture.effects.incrementAndGet());
        assertThat(form("").statusCode()).isEqualTo(200);
        assertThat(fixture.effects).hasValue(1);
    }

    /** A filter before ours has ended the request by an error, whose page goes through all filters that are mapped to it. */
    @Test
    void errorPage_ofARequestThatDidNotReachUs_isNoRequestOfItsOwn() throws Exception {
        ErrorPage page = new ErrorPage();
        page.setErrorCode(429);
        page.setLocation("/error");
        fixture.withErrorPage(page)
                .add(
                        (request, response, chain) -> ((HttpServletResponse) response).sendError(429),
                        DispatcherType.REQUEST);
        // Containers of Servlet 6.0 leave the method as it was, those of 6.1 make it GET.
        fixture.serve(
                IdempotencyFilter.of(guard(fixture.store).withKeyRequirement(KeyRequirement.optionalFor("POST", "GET")))
                        .withSharedScope(request -> Optional.of(Scope.of("alice"))),
                (request, response) -> response.getWriter().write("too many"),
                DispatcherType.REQUEST,
                DispatcherType.ERROR);
        HttpResponse<String> response = fixture.post("\"k\"");
        assertThat(response.statusCode()).isEqualTo(429);
        assertThat(response.body()).isEqualTo("too many");
        assertThat(fixture.post("\"k\"").headers().firstValue("Idempotent-Replayed"))
                .isEmpty();
    }

    /** Tomcat 11 then takes the container's own response for finished, which is yet to be written. */
    @ParameterizedTest
    @EnumSource(names = {"REQUEST", "FORWARD"})
    void handler_thatForwards_isSentAndReplayedInFull(DispatcherType alsoMappedTo) throws Exception {
        fixture.serve(
                IdempotencyFilter.of(guard(fixture.store)),
                (request, response) -> {
                    if (request.getDispatcherType() == DispatcherType.REQUEST) {
                        request.getRequestDispatcher("/pay").forward(request, response);
                    } else {
                        fixture.pay(request, response);
                    }
                },
                DispatcherType.REQUEST,
                alsoMappedTo);
        HttpResponse<String> first = fixture.post("\"k\"");
        assertThat(first.statusCode()).isEqualTo(201);
        assertThat(first.body()).isEqualTo("paid 100 as number 1");
        HttpResponse<String> second = fixture.post("\"k\"");
        assertThat(second.statusCode()).isEqualTo(201);
        assertThat(second.body()).isEqualTo(first.body());
    }

    @Test
    void handler_thatIncludes_isSentAndReplayedInFull() throws Exception {
        fixture.serve((request, response) -> {
            if (request.getDispatcherType() == DispatcherType.REQUEST) {
                response.setStatus(201);
                response.getWriter().write("so: ");
                request.getRequestDispatcher("/paid").include(request, response);
            } else {
                response.getWriter().write("paid " + fixture.effects.incrementAndGet());
            }
        });
        HttpResponse<String> first = fixture.post("\"k\"");
        assertThat(first.statusCode()).isEqualTo(201);
        assertThat(first.body()).isEqualTo("so: paid 1");
        assertThat(fixture.post("\"k\"").body()).isEqualTo(first.body());
    }
}
