package dev.respite.stacks.idempotency.boot;

import dev.respite.spring.boot.idempotency.Idempotent;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotWritableException;
import org.springframework.stereotype.Controller;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Methods that insert a row and throw an exception, of which the application makes a response with the status of a header.
 * Public for proxies of another class loader.
 */
@Configuration(proxyBeanMethods = false)
@Import({Server.class, Entries.class})
public class Escaping implements WebMvcConfigurer {

    /** The status that the exception becomes. Without this header, the methods succeed. */
    static final String STATUS = "Fail-With";

    /** The number of invocations, by the item of the request. */
    static final Map<String, Integer> INVOCATIONS = new ConcurrentHashMap<>();

    /** The row that is committed in a transaction of its own. */
    static String logged(String item) {
        return "log of " + item;
    }

    /** An exception, and where the application makes a response of it. */
    public static class Failure extends RuntimeException {
        private static final long serialVersionUID = 1L;
        final int status;
        final String way;

        Failure(String way, int status) {
            super("planned");
            this.way = way;
            this.status = status;
        }
    }

    /** An exception that the advice makes a response of. */
    public static final class ForAdvice extends Failure {
        private static final long serialVersionUID = 1L;

        ForAdvice(int status) {
            super("advice", status);
        }
    }

    /** An exception whose advice calls {@code sendError}. */
    static final class ForSendError extends Failure {
        private static final long serialVersionUID = 1L;

        ForSendError(int status) {
            super("send-error", status);
        }
    }

    /** A checked exception, for which {@code @Transactional} does not roll back. */
    public static final class Checked extends Exception {
        private static final long serialVersionUID = 1L;
        final int status;

        Checked(int status) {
            super("planned");
            this.status = status;
        }
    }

    /** A service that joins the transaction and marks it for rollback, or has a transaction of its own. */
    public static class Service {

        private final Entries entries;

        public Service(Entries entries) {
            this.entries = entries;
        }

        @Transactional
        public void fail(int status) {
            throw new ForAdvice(status);
        }

        @Transactional(propagation = Propagation.REQUIRES_NEW)
        public void log(String item) {
            entries.add(logged(item));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @Import({Service.class, Methods.class, Target.class, Advice.class, Resolver.class, ErrorPage.class})
    static class All {}

    /** The methods. */
    @RestController
    public static class Methods {

        private final Entries entries;
        private final Service service;

        public Methods(Entries entries, Service service) {
            this.entries = entries;
            this.service = service;
        }

        private String done(String item) {
            INVOCATIONS.merge(item, 1, Integer::sum);
            return "done " + entries.add(item);
        }

        private static Optional<Integer> status(HttpServletRequest request) {
            return Optional.ofNullable(request.getHeader(STATUS)).map(Integer::valueOf);
        }

        @PostMapping("/ways/{way}")
        @Idempotent
        public String fail(@PathVariable String way, @RequestBody String item, HttpServletRequest request) {
            String done = done(item);
            status(request).ifPresent(status -> {
                if (way.equals("fatal")) {
                    throw new AssertionError(new ForAdvice(status));
                }
                throw switch (way) {
                    case "advice" -> new ForAdvice(status);
                    case "send-error" -> new ForSendError(status);
                    case "status-exception" -> new ResponseStatusException(HttpStatusCode.valueOf(status), "planned");
                    default -> new Failure(way, status);
                };
            });
            return done;
        }

        @PostMapping("/checked")
        @Idempotent
        @Transactional
        public String checked(@RequestBody String item, HttpServletRequest request) throws Checked {
            String done = done(item);
            if (status(request).isPresent()) {
                throw new Checked(status(request).get());
            }
            return done;
        }

        @PostMapping("/no-rollback")
        @Idempotent
        @Transactional(noRollbackFor = ForAdvice.class)
        public String noRollback(@RequestBody String item, HttpServletRequest request) {
            return fail("advice", item, request);
        }

        @PostMapping("/transactional")
        @Idempotent
        @Transactional
        public String transactional(@RequestBody String item, HttpServletRequest request) {
            return fail("advice", item, request);
        }

        @PostMapping("/service")
        @Idempotent
        public String service(@RequestBody String item, HttpServletRequest request) {
            String done = done(item);
            status(request).ifPresent(service::fail);
            return done;
        }

        @PostMapping("/requires-new")
        @Idempotent
        public String requiresNew(@RequestBody String item, HttpServletRequest request) {
            service.log(item);
            return fail("advice", item, request);
        }

        /** Responds, then the interceptor fails. */
        @PostMapping("/interceptor")
        @Idempotent
        public String interceptor(@RequestBody String item) {
            return done(item);
        }

        /** Fails while its result is written. */
        @PostMapping("/body")
        @Idempotent
        public Object body(@RequestBody String item, HttpServletRequest request) {
            return new Written(status(request), done(item));
        }

        /** Fails while it is written, if it has a status. */
        static final class Written {
            private final Optional<Integer> status;
            private final String done;

            Written(Optional<Integer> status, String done) {
                this.status = status;
                this.done = done;
            }

            public String getDone() {
                status.ifPresent(each -> {
                    throw new ForAdvice(each);
                });
                return done;
            }
        }

        /** Handles its exception itself. */
        @PostMapping("/handled")
        @Idempotent
        public ResponseEntity<String> handled(@RequestBody String item, HttpServletRequest request) {
            try {
                return ResponseEntity.ok(fail("advice", item, request));
            } catch (Failure failure) {
                return ResponseEntity.status(failure.status).build();
            }
        }
    }

    /** Forwards, as a controller of views does. */
    @Controller
    static class Target {

        private final Entries entries;

        Target(Entries entries) {
            this.entries = entries;
        }

        @PostMapping("/forward")
        @Idempotent
        String forward(@RequestBody String item) {
            INVOCATIONS.merge(item, 1, Integer::sum);
            entries.add(item);
            return "forward:/target";
        }

        @PostMapping("/target")
        @ResponseBody
        String target(HttpServletRequest request) {
            Methods.status(request).ifPresent(status -> {
                throw new ForAdvice(status);
            });
            return "target";
        }
    }

    /** The usual advice. */
    @RestControllerAdvice
    static class Advice {

        private static ResponseEntity<String> of(int status) {
            ResponseEntity.BodyBuilder response = ResponseEntity.status(status);
            return status == 204 || status == 304 ? response.build() : response.body("failed with " + status);
        }

        @ExceptionHandler
        ResponseEntity<String> failed(ForAdvice failure) {
            return of(failure.status);
        }

        @ExceptionHandler
        ResponseEntity<String> failed(Checked failure) {
            return of(failure.status);
        }

        @ExceptionHandler
        ResponseEntity<String> unwritable(HttpMessageNotWritableException failure) {
            Throwable cause = failure;
            while (!(cause instanceof Failure planned)) {
                cause = cause.getCause();
            }
            return of(planned.status);
        }

        @ExceptionHandler
        void sendError(ForSendError failure, HttpServletResponse response) throws IOException {
            response.sendError(failure.status, "planned");
        }
    }

    /** Renders two kinds of exceptions, before the resolvers of Spring. */
    static class Resolver implements HandlerExceptionResolver, Ordered {

        @Override
        public int getOrder() {
            return Ordered.HIGHEST_PRECEDENCE;
        }

        @Override
        public ModelAndView resolveException(
                HttpServletRequest request, HttpServletResponse response, Object handler, Exception failure) {
            if (!(failure instanceof Failure planned)) {
                return null;
            }
            return switch (planned.way) {
                case "resolver" -> {
                    response.setStatus(planned.status);
                    yield new ModelAndView();
                }
                case "view" -> new ModelAndView((model, in, out) -> out.setStatus(planned.status));
                default -> null;
            };
        }
    }

    /** The error page of the container. */
    @Controller
    static class ErrorPage implements ErrorController {

        @RequestMapping("/error")
        ResponseEntity<String> page(HttpServletRequest request) {
            return Advice.of(Methods.status(request).orElse(500));
        }
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(new HandlerInterceptor() {
                    @Override
                    public void postHandle(
                            HttpServletRequest request,
                            HttpServletResponse response,
                            Object handler,
                            ModelAndView view) {
                        Methods.status(request).ifPresent(status -> {
                            throw new ForAdvice(status);
                        });
                    }
                })
                .addPathPatterns("/interceptor");
    }
}
