package dev.respite.spring.boot.advice;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.async.CallableProcessingInterceptor;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.config.annotation.AsyncSupportConfigurer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Notes the failures that leave the handlers of Spring MVC, before an exception handler makes responses of them. It notes the calls of
 * handlers that return a {@link Callable}, which other threads run.
 */
final class AdvisedHandlers
        implements HandlerExceptionResolver, Ordered, WebMvcConfigurer, CallableProcessingInterceptor {

    private final RequestAdvices advices;

    AdvisedHandlers(RequestAdvices advices) {
        this.advices = advices;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public @Nullable ModelAndView resolveException(
            HttpServletRequest request, HttpServletResponse response, @Nullable Object handler, Exception failure) {
        if (request.getAttribute(AdviceFilter.ADVICE) instanceof RequestAdvice advice) {
            advices.left(advice, failure);
        }
        return null;
    }

    @Override
    public void configureAsyncSupport(AsyncSupportConfigurer configurer) {
        configurer.registerCallableInterceptors(this);
    }

    @Override
    public <T> void preProcess(NativeWebRequest request, Callable<T> task) {
        if (request.getAttribute(AdviceFilter.ADVICE, RequestAttributes.SCOPE_REQUEST)
                instanceof RequestAdvice advice) {
            var unused = advices.enter(advice);
        }
    }

    @Override
    public <T> void postProcess(NativeWebRequest request, Callable<T> task, @Nullable Object result) {
        advices.leave(null);
    }
}
