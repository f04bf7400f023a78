package dev.respite.idempotency.servlet;

import static dev.respite.idempotency.servlet.TomcatFixture.KEY;
import static dev.respite.idempotency.servlet.TomcatFixture.guard;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rules that differ from request to request, and what the function that selects them can see. */
class SelectingIdempotencyFilterTest {

    private final List<String> seen = new CopyOnWriteArrayList<>();
    private TomcatFixture fixture;

    @BeforeEach
    void open() throws Exception {
        fixture = new TomcatFixture();
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private void serve(Function<HttpServletRequest, Optional<IdempotencyFilter>> rules) throws Exception {
        fixture.serve(IdempotencyFilter.selecting(rules), this::handle, DispatcherType.REQUEST);
    }

    private void handle(HttpServletRequest request, HttpServletResponse response) throws IOException {
        seen.add(String.valueOf(request.getAttribute(IdempotencyFilter.SELECTED)));
        seen.add(String.valueOf(request.getAttribute("own")));
        response.getWriter().write(request.getReader().readLine() + " " + fixture.effects.incrementAndGet());
    }

    private HttpResponse<String> post(String path) throws Exception {
        return fixture.send(fixture.request(path, "100").header(KEY, "\"k\""));
    }

    @Test
    void request_withRules_runsOnceAndCarriesThem() throws Exception {
        IdempotencyFilter rules = IdempotencyFilter.of(guard(fixture.store));
        serve(request -> Optional.of(rules));
        assertThat(post("/pay").body()).isEqualTo("100 1");
        assertThat(post("/pay").body()).isEqualTo("100 1");
        assertThat(seen).containsExactly(Optional.of(rules).toString(), "null");
    }

    @Test
    void request_withoutRules_runsEachTimeAndCarriesThat() throws Exception {
        IdempotencyFilter rules = IdempotencyFilter.of(guard(fixture.store));
        serve(request ->
                Optional.of(rules).filter(each -> request.getRequestURI().endsWith("/pay")));
        assertThat(post("/other").body()).isEqualTo("100 1");
        assertThat(post("/other").body()).isEqualTo("100 2");
        assertThat(seen).contains(Optional.empty().toString());
        assertThat(post("/pay").body()).isEqualTo(post("/pay").body());
    }

    @Test
    void head_hasTheQueryAndAttributesOfItsOwn_andNoBody() throws Exception {
        List<Object> head = new ArrayList<>();
        IdempotencyFilter rules = IdempotencyFilter.of(guard(fixture.store));
        serve(request -> {
            assertThatThrownBy(request::getInputStream).hasMessageContaining("before its body is read");
            assertThatThrownBy(request::getReader).hasMessageContaining("before its body is read");
            assertThatThrownBy(request::getParts).hasMessageContaining("before its body is read");
            assertThatThrownBy(request::startAsync).isInstanceOf(IllegalStateException.class);
            request.setAttribute("own", "value");
            request.setAttribute("removed", "value");
            request.removeAttribute("removed");
            head.add(request.getAttribute("own"));
            head.add(Collections.list(request.getAttributeNames()).contains("own"));
            head.add(Collections.list(request.getAttributeNames()).contains("removed"));
            head.add(request.getParameter("to"));
            head.add(List.of(request.getParameterValues("n")));
            head.add(Collections.list(request.getParameterNames()));
            head.add(request.getParameter("absent"));
            return Optional.of(rules);
        });
        assertThat(post("/pay?to=b%C3%A9b&n=1&n=2").body()).isEqualTo("100 1");
        assertThat(head).containsExactly("value", true, false, "béb", List.of("1", "2"), List.of("to", "n"), null);
        assertThat(seen).element(1).isEqualTo("null");
    }

    @Test
    void parameters_ofAForm_areNotSeenByTheFunction_andStillReachTheHandler() throws Exception {
        List<Object> head = new ArrayList<>();
        IdempotencyFilter rules = IdempotencyFilter.of(guard(fixture.store));
        fixture.serve(
                IdempotencyFilter.selecting(request -> {
                    head.add(String.valueOf(request.getParameter("amount")));
                    return Optional.of(rules);
                }),
                (request, response) -> response.getWriter().write("paid " + request.getParameter("amount")),
                DispatcherType.REQUEST);
        HttpResponse<String> response = fixture.send(fixture.request("/pay", "amount=7")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header(KEY, "\"k\""));
        assertThat(response.body()).isEqualTo("paid 7");
        assertThat(head).containsExactly("null");
    }

    @Test
    void function_thatThrows_endsTheRequestBeforeTheHandler() throws Exception {
        serve(request -> {
            throw new IllegalStateException("planned");
        });
        assertThat(post("/pay").statusCode()).isEqualTo(500);
        assertThat(fixture.effects).hasValue(0);
    }

    @Test
    void dispatch_ofAnAsynchronousHandler_keepsTheRulesOfItsRequest() throws Exception {
        IdempotencyFilter rules = IdempotencyFilter.of(guard(fixture.store)).withAsyncHandlers();
        List<DispatcherType> selections = new CopyOnWriteArrayList<>();
        fixture.serve(
                IdempotencyFilter.selecting(request -> {
                    selections.add(request.getDispatcherType());
                    return Optional.of(rules);
                }),
                (request, response) -> {
                    if (request.getDispatcherType() == DispatcherType.REQUEST) {
                        request.startAsync().dispatch("/paid");
                    } else {
                        fixture.pay(request, response);
                    }
                },
                DispatcherType.REQUEST,
                DispatcherType.ASYNC);
        assertThat(post("/pay").body()).isEqualTo("paid 100 as number 1");
        assertThat(selections).containsExactly(DispatcherType.REQUEST);
        assertThat(post("/pay").headers().firstValue("Idempotent-Replayed")).contains("true");
    }
}
