package dev.respite.idempotency.servlet;

import static dev.respite.idempotency.servlet.Bank.KEY;
import static dev.respite.idempotency.servlet.Bank.guard;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.Scope;
import dev.respite.idempotency.http.Demand;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Optional;
import org.apache.tomcat.util.descriptor.web.ErrorPage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Filters before ours, and dispatches that are not the request's own. */
@Timeout(120)
class NeighboursTest {

    private Bank bank;

    @BeforeEach
    void open() throws Exception {
        bank = new Bank();
    }

    @AfterEach
    void close() throws Exception {
        bank.close();
    }

    private HttpResponse<String> form(String body) throws Exception {
        return bank.send(bank.request("/pay", body)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header(KEY, "\"k\""));
    }

    /** As filters do that look for a token in the form: what was asked for is no longer there to be compared. */
    @Test
    void form_readByAFilterBefore_isRefusedInsteadOfTakenForAnEmptyOne() throws Exception {
        bank.add(
                (request, response, chain) -> {
                    request.getParameter("token");
                    chain.doFilter(request, response);
                },
                DispatcherType.REQUEST);
        bank.serve((request, response) -> {
            bank.effects.incrementAndGet();
            response.getWriter().write("paid " + request.getParameter("amount"));
        });
        HttpResponse<String> first = form("amount=100");
        HttpResponse<String> other = form("amount=999");
        assertThat(other.body()).doesNotContain("paid 100");
        assertThat(first.statusCode()).isEqualTo(500);
        assertThat(bank.effects).hasValue(0);
    }

    /** Of a length that is not known either. */
    @Test
    void chunkedForm_readByAFilterBefore_isRefused() throws Exception {
        bank.add(
                (request, response, chain) -> {
                    request.getParameter("token");
                    chain.doFilter(request, response);
                },
                DispatcherType.REQUEST);
        bank.serve((request, response) -> bank.effects.incrementAndGet());
        HttpResponse<String> answer = bank.send(bank.request("/pay", "")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header(KEY, "\"k\"")
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream("amount=100".getBytes(UTF_8)))));
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(bank.effects).hasValue(0);
    }

    @Test
    void form_thatIsEmpty_isPaid() throws Exception {
        bank.serve((request, response) -> bank.effects.incrementAndGet());
        assertThat(form("").statusCode()).isEqualTo(200);
        assertThat(bank.effects).hasValue(1);
    }

    /** A filter before ours has ended the request by an error, whose page goes through all filters that are mapped to it. */
    @Test
    void errorPage_ofARequestThatDidNotReachUs_isNoRequestOfItsOwn() throws Exception {
        ErrorPage page = new ErrorPage();
        page.setErrorCode(429);
        page.setLocation("/error");
        bank.withErrorPage(page)
                .add(
                        (request, response, chain) -> ((HttpServletResponse) response).sendError(429),
                        DispatcherType.REQUEST);
        // Containers of Servlet 6.0 leave the method as it was, those of 6.1 make it GET.
        bank.serve(
                IdempotencyFilter.of(guard(bank.store).withDemand(Demand.optionalWith("POST", "GET")))
                        .withScope(request -> Optional.of(Scope.of("alice"))),
                (request, response) -> response.getWriter().write("too many"),
                DispatcherType.REQUEST,
                DispatcherType.ERROR);
        HttpResponse<String> answer = bank.post("\"k\"");
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(answer.body()).isEqualTo("too many");
        assertThat(bank.post("\"k\"").headers().firstValue("Idempotent-Replayed"))
                .isEmpty();
    }

    /** Tomcat 11 then takes the container's own response for finished, which is yet to be written. */
    @Test
    void handler_thatForwards_isToldAndReplayedInFull() throws Exception {
        bank.serve((request, response) -> {
            if (request.getDispatcherType() == DispatcherType.REQUEST) {
                request.getRequestDispatcher("/paid").forward(request, response);
            } else {
                bank.pay(request, response);
            }
        });
        HttpResponse<String> first = bank.post("\"k\"");
        assertThat(first.statusCode()).isEqualTo(201);
        assertThat(first.body()).isEqualTo("paid 100 as number 1");
        HttpResponse<String> second = bank.post("\"k\"");
        assertThat(second.statusCode()).isEqualTo(201);
        assertThat(second.body()).isEqualTo(first.body());
    }

    @Test
    void handler_thatIncludes_isToldAndReplayedInFull() throws Exception {
        bank.serve((request, response) -> {
            if (request.getDispatcherType() == DispatcherType.REQUEST) {
                response.setStatus(201);
                response.getWriter().write("so: ");
                request.getRequestDispatcher("/paid").include(request, response);
            } else {
                response.getWriter().write("paid " + bank.effects.incrementAndGet());
            }
        });
        HttpResponse<String> first = bank.post("\"k\"");
        assertThat(first.statusCode()).isEqualTo(201);
        assertThat(first.body()).isEqualTo("so: paid 1");
        assertThat(bank.post("\"k\"").body()).isEqualTo(first.body());
    }
}
