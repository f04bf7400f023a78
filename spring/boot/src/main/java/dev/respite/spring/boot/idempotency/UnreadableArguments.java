package dev.respite.spring.boot.idempotency;

import dev.respite.idempotency.servlet.IdempotencyFilter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.HandlerMethodArgumentResolverComposite;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;

/**
 * Marks requests whose handler method was not invoked, because one of its arguments could not be read. Their responses, for
 * example 400 or 415, are not stored. A status alone proves nothing: the method may throw the same exceptions after its effect,
 * and a 406 follows it.
 *
 * <p>Spring resolves all arguments before it invokes the method. A forward or an asynchronous dispatch may come from a method
 * that was invoked, so only the first dispatch is marked. Methods with {@code @ModelAttribute} run before and must have no
 * effect.
 */
final class UnreadableArguments implements BeanPostProcessor {

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        if (bean instanceof RequestMappingHandlerAdapter adapter) {
            List<HandlerMethodArgumentResolver> resolvers = adapter.getArgumentResolvers();
            if (resolvers != null) {
                List<HandlerMethodArgumentResolver> marked = new ArrayList<>();
                marked.add(new Marking(new HandlerMethodArgumentResolverComposite().addResolvers(resolvers)));
                // They stay in the list for code that looks for one of them.
                marked.addAll(resolvers);
                adapter.setArgumentResolvers(marked);
            }
        }
        return bean;
    }

    /** Comes first and resolves all arguments. */
    private record Marking(HandlerMethodArgumentResolverComposite resolvers) implements HandlerMethodArgumentResolver {

        @Override
        public boolean supportsParameter(MethodParameter parameter) {
            return resolvers.supportsParameter(parameter);
        }

        @Override
        public @Nullable Object resolveArgument(
                MethodParameter parameter,
                @Nullable ModelAndViewContainer container,
                NativeWebRequest request,
                @Nullable WebDataBinderFactory binders)
                throws Exception {
            try {
                return resolvers.resolveArgument(parameter, container, request, binders);
            } catch (Throwable unreadable) {
                HttpServletRequest http = request.getNativeRequest(HttpServletRequest.class);
                if (http != null && http.getDispatcherType() == DispatcherType.REQUEST) {
                    http.setAttribute(IdempotencyFilter.NOT_HANDLED, true);
                }
                throw unreadable;
            }
        }
    }
}
