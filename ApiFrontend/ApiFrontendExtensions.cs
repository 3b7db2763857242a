using FlowGpt.ApiFrontend.Chat;
using FlowGpt.ApiFrontend.Http;
using FlowGpt.ApiFrontend.Models;
using FlowGpt.ApiFrontend.Security;
using FlowGpt.ApiFrontend.Telemetry;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend;

/// <summary>
/// Adds the HTTP surface to a host: a process of its own that is an Orleans client, or a silo. The host provides
/// <see cref="IGrainFactory"/> and the configuration section <see cref="FrontendOptions.Section"/>.
/// </summary>
public static class ApiFrontendExtensions
{
    /// <summary>Registers the services. What the host registered before (<see cref="TimeProvider"/>, <see cref="IClientAuthenticator"/>) is kept.</summary>
    public static IHostApplicationBuilder AddApiFrontend(this IHostApplicationBuilder builder)
    {
        builder.Services.AddApiFrontend();
        return builder;
    }

    /// <inheritdoc cref="AddApiFrontend(IHostApplicationBuilder)"/>
    public static IServiceCollection AddApiFrontend(this IServiceCollection services)
    {
        services.AddOptions<FrontendOptions>().BindConfiguration(FrontendOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<FrontendOptions>, FrontendOptionsValidator>());
        services.Configure<KestrelServerOptions>(static kestrel => kestrel.AddServerHeader = false);
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddRouting();
        services.AddCors();

        services.TryAddSingleton<IClientAuthenticator, MasterKeyAuthenticator>();
        services.AddSingleton<ClientGate>();
        services.AddSingleton<AdminAuthenticator>();
        services.AddSingleton<ModelCatalogCache>();
        services.AddSingleton<ModelsEndpoint>();
        services.AddSingleton<ChatStreamResponder>();
        services.AddSingleton<ChatBufferedResponder>();
        services.AddSingleton<ChatCompletionsEndpoint>();
        services.AddSingleton<FrontendInstruments>();
        services.AddSingleton<RequestReporter>();
        return services;
    }

    /// <summary>
    /// Adds the middleware and the routes. Call it before the host adds its own: it is the outermost part of the pipeline and
    /// starts routing itself.
    /// </summary>
    public static WebApplication UseApiFrontend(this WebApplication app)
    {
        app.UseMiddleware<ApiPipeline>();
        app.UseApiCors();
        app.UseRouting();

        var chat = app.Services.GetRequiredService<ChatCompletionsEndpoint>();
        var models = app.Services.GetRequiredService<ModelsEndpoint>();
        foreach (var root in (ReadOnlySpan<string>)["/v1", ""])
        {
            app.MapPost($"{root}/chat/completions", chat.HandleAsync);
            app.MapGet($"{root}/models", models.ListAsync);
            app.MapGet($"{root}/models/{{**id}}", models.GetAsync);
        }

        return app;
    }
}
