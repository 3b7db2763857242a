using FlowGpt.ApiFrontend.Admin;
using FlowGpt.ApiFrontend.Admin.Keys;
using FlowGpt.ApiFrontend.Chat;
using FlowGpt.ApiFrontend.Cluster;
using FlowGpt.ApiFrontend.Conversations;
using FlowGpt.ApiFrontend.Docs;
using FlowGpt.ApiFrontend.Http;
using FlowGpt.ApiFrontend.Keys;
using FlowGpt.ApiFrontend.Models;
using FlowGpt.ApiFrontend.Security;
using FlowGpt.ApiFrontend.Telemetry;
using FlowGpt.ApiFrontend.Usage;
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
    /// <summary>
    /// Registers the services, with those of <see cref="OperationsExtensions.AddOperations"/>. What the host registered before
    /// (<see cref="TimeProvider"/>, <see cref="IClientAuthenticator"/>) is kept.
    /// </summary>
    public static IServiceCollection AddApiFrontend(this IServiceCollection services)
    {
        services.AddOperations();
        services.AddOptions<FrontendOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<FrontendOptions>, FrontendOptionsValidator>());
        services.Configure<KestrelServerOptions>(KestrelLimits.Apply);
        services
            .AddOptions<ForwardedHeadersOptions>()
            .Configure<IOptions<FrontendOptions>>(
                static (forwarded, frontend) => TrustedProxies.Apply(forwarded, frontend.Value.TrustedProxies)
            );
        services.AddCors();
        services.AddRequestCodings();

        services.AddOptions<ClientKeyOptions>().BindConfiguration(ClientKeyOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ClientKeyOptions>, ClientKeyOptionsValidator>());
        services.AddSingleton<ApiKeyCache>();
        services.TryAddSingleton<IClientAuthenticator, ClientAuthenticator>();
        services.AddSingleton<ClientGate>();
        services.AddSingleton<AdminAuthenticator>();
        services.AddSingleton<ModelCatalogCache>();
        services.AddSingleton<ModelsEndpoint>();
        services.TryAddSingleton(SiloLosses.Never);
        services.AddSingleton<ResponseDrain>();
        services.AddHostedService(static provider => provider.GetRequiredService<ResponseDrain>());
        services.AddSingleton<TurnPlaces>();
        services.AddSingleton<ChatStreamResponder>();
        services.AddSingleton<ChatBufferedResponder>();
        services.AddSingleton<ChatCompletionsEndpoint>();
        services.AddSingleton<KeyAdministration>();
        services.AddSingleton<KeyAdminEndpoints>();
        services.AddAdmin();
        services.TryAddSingleton<IUsageWitness, NoUsageWitness>();
        services.AddSingleton<UsageReader>();
        services.AddSingleton<UsageEndpoints>();
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
        ArgumentNullException.ThrowIfNull(app);
        app.UseMiddleware<ApiPipeline>();
        app.UseForwardedHeaders();
        app.UseApiCors();
        app.UseMiddleware<WrongKeyGuard>();
        app.UseRequestCodings();
        app.UseRouting();
        app.UseAdmin();
        app.MapApi();
        app.MapAdmin();
        app.MapKeyAdmin();
        app.MapOperations();
        app.MapDocs();
        return app;
    }

    /// <summary>The API itself; clients configure their base address with and without <c>/v1</c>.</summary>
    private static void MapApi(this WebApplication app)
    {
        var chat = app.Services.GetRequiredService<ChatCompletionsEndpoint>();
        var models = app.Services.GetRequiredService<ModelsEndpoint>();
        var usage = app.Services.GetRequiredService<UsageEndpoints>();
        foreach (var root in (ReadOnlySpan<string>)["/v1", ""])
        {
            app.MapPost($"{root}/chat/completions", chat.HandleAsync);
            app.MapGet($"{root}/models", models.ListAsync);
            app.MapGet($"{root}/models/{{**id}}", models.GetAsync);
            app.MapGet($"{root}/organization/usage/completions", usage.OrganizationAsync);
        }

        app.MapGet("/admin/usage", usage.AdminAsync);
    }

    private static void MapKeyAdmin(this WebApplication app)
    {
        var keys = app.Services.GetRequiredService<KeyAdminEndpoints>();
        app.MapPost("/admin/keys", keys.CreateAsync);
        app.MapGet("/admin/keys", keys.ListAsync);
        app.MapGet("/admin/keys/{id}", keys.GetAsync);
        app.MapPatch("/admin/keys/{id}", keys.UpdateAsync);
        app.MapDelete("/admin/keys/{id}", keys.RevokeAsync);
        app.MapPost("/admin/keys/{id}/rotate", keys.RotateAsync);
        app.MapPost("/admin/keys/{id}/revoke", keys.RevokeAsync);
    }
}
