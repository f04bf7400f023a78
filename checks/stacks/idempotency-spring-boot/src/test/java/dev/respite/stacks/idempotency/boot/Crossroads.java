package dev.respite.stacks.idempotency.boot;

import dev.respite.spring.boot.idempotency.Idempotent;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.util.Collections;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

/** Handlers that a request may be led to by its content type, its parameters, a filter, a forward or another mapping. */
@Configuration(proxyBeanMethods = false)
@Import({Server.class, Entries.class})
class Crossroads {

    /** The handlers. Each writes an entry with its name and the item. */
    @Controller
    @ResponseBody
    static class Handlers {

        private final Entries entries;

        Handlers(Entries entries) {
            this.entries = entries;
        }

        private String done(String handler, String item) {
            return handler + " " + entries.add(handler + " " + item);
        }

        @PostMapping(path = "/typed", consumes = "text/plain", produces = "text/plain")
        @Idempotent
        String text(@RequestBody String item) {
            return done("text", item);
        }

        @PostMapping(path = "/typed", consumes = "application/json")
        String json(@RequestBody String item) {
            return done("json", item);
        }

        @GetMapping("/readings")
        String readings() {
            return "readings";
        }

        @PostMapping("/things/special")
        String special(@RequestBody String item) {
            return done("special", item);
        }

        @PostMapping("/things/{id}")
        @Idempotent
        String thing(@PathVariable String id, @RequestBody String item) {
            return done("thing", item);
        }

        @PostMapping("/actions")
        @Idempotent
        String action(@RequestParam String item) {
            return done("action", item);
        }

        @PostMapping(path = "/actions", params = "other")
        String otherAction(@RequestParam String item) {
            return done("other", item);
        }

        @PostMapping("/rewritten-from")
        @Idempotent
        String rewrittenFrom(@RequestBody String item) {
            return done("from", item);
        }

        @PostMapping("/rewritten-to")
        @Idempotent
        String rewrittenTo(@RequestBody String item) {
            return done("to", item);
        }

        @PostMapping("/unrouted")
        @Idempotent
        String unrouted(@RequestBody String item) {
            return done("unrouted", item);
        }

        @PostMapping("/view/{name}")
        String view(@PathVariable String name) {
            return "view " + name;
        }

        @PostMapping("/attributes")
        @Idempotent
        String attributes(HttpServletRequest request, @RequestBody String item) {
            return done("attributes", item) + " " + request.getAttribute("before.dispatcher");
        }
    }

    /** Handlers that forward. */
    @Controller
    static class Forwards {

        private final Entries entries;

        Forwards(Entries entries) {
            this.entries = entries;
        }

        @PostMapping("/forward-to-annotated")
        String toAnnotated() {
            return "forward:/things/9";
        }

        @PostMapping("/forward-to-view")
        @Idempotent
        String toView(@RequestBody String item) {
            entries.add("forward " + item);
            return "forward:/view/done";
        }
    }

    /** A mapping that the dispatcher queries before those of controllers. */
    @Bean
    RouterFunction<ServerResponse> router(Entries entries) {
        return RouterFunctions.route()
                .POST("/unrouted", request -> {
                    entries.add("router " + request.body(String.class));
                    return ServerResponse.ok().body("router");
                })
                .build();
    }

    /** Behind the filter of the keys: it changes a path, and records which attributes the lookup has left. */
    @Bean
    FilterRegistrationBean<Filter> rewriting() {
        FilterRegistrationBean<Filter> filter = new FilterRegistrationBean<>((request, response, chain) -> {
            HttpServletRequest http = (HttpServletRequest) request;
            http.setAttribute(
                    "before.dispatcher",
                    Collections.list(http.getAttributeNames()).stream()
                            .filter(name -> name.contains("HandlerMapping") || name.contains("ServletRequestPathUtils"))
                            .toList());
            chain.doFilter(
                    http.getRequestURI().equals("/rewritten-from") ? rewritten(http, "/rewritten-to") : http, response);
        });
        filter.setOrder(Ordered.LOWEST_PRECEDENCE);
        return filter;
    }

    private static HttpServletRequest rewritten(HttpServletRequest request, String path) {
        return new HttpServletRequestWrapper(request) {
            @Override
            public String getRequestURI() {
                return path;
            }

            @Override
            public String getServletPath() {
                return path;
            }
        };
    }
}
