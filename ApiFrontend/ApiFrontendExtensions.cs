using FlowGpt.Admin.Contracts;
using FlowGpt.ApiFrontend.Admin;
using FlowGpt.ApiFrontend.Admin.Audit;
using FlowGpt.ApiFrontend.Admin.Keys;
using FlowGpt.ApiFrontend.Calls;
using FlowGpt.ApiFrontend.Dashboard;
using FlowGpt.ApiFrontend.Dialects;
using FlowGpt.ApiFrontend.Dialects.AnthropicMessages;
using FlowGpt.ApiFrontend.Dialects.OpenAiChat;
using FlowGpt.ApiFrontend.Dialects.OpenAiCompletions;
using FlowGpt.ApiFrontend.Dialects.OpenAiResponses;
using FlowGpt.ApiFrontend.Dialects.OpenAiResponses.Sockets;
using FlowGpt.ApiFrontend.Docs;
using FlowGpt.ApiFrontend.Embeddings;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Feed;
using FlowGpt.ApiFrontend.Health;
using FlowGpt.ApiFrontend.Http;
using FlowGpt.ApiFrontend.Keys;
using FlowGpt.ApiFrontend.Listeners;
using FlowGpt.ApiFrontend.Memory;
using FlowGpt.ApiFrontend.Models;
using FlowGpt.ApiFrontend.Requests;
using FlowGpt.ApiFrontend.Security;
using FlowGpt.ApiFrontend.Telemetry;
using FlowGpt.ApiFrontend.Turns;
using FlowGpt.ApiFrontend.Usage;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend;

/// <summary>
/// Adds the HTTP surface to a host: a separate process that is an Orleans client, or a silo. The host provides
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
        services.Configure<SocketTransportOptions>(KestrelLimits.Apply);
        services
            .AddOptions<ForwardedHeadersOptions>()
            .Configure<IOptions<FrontendOptions>>(
                static (forwarded, frontend) => TrustedProxies.Apply(forwarded, frontend.Value.TrustedProxies)
            );
        services.AddCors();
        services.AddRequestCodings();
        DocsEndpoints.AddDocs(services, static options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, AdminJson.Default));

        services.AddOptions<ClientKeyOptions>().BindConfiguration(ClientKeyOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ClientKeyOptions>, ClientKeyOptionsValidator>());
        services.AddSingleton<ApiKeyCache>();
        services.TryAddSingleton<IClientAuthenticator, ClientAuthenticator>();
        services
            .AddAuthentication(ClientKeyHandler.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, ClientKeyHandler>(ClientKeyHandler.SchemeName, configureOptions: null);
        services.AddAuthorization();
        services.AddTransient<IPolicyEvaluator, ClientPolicyEvaluator>();
        services.AddSingleton<AdminAuthenticator>();
        services.AddSingleton<ModelCatalogCache>();
        services.AddSingleton<ModelsEndpoint>();
        services.AddSingleton<MessagesModels>();
        services.AddSingleton<CountAdmission>();
        services.AddSingleton<CountPlaces>();
        services.AddSingleton<CountTokensEndpoint>();
        services.TryAddSingleton(SiloLosses.Never);
        services.AddSingleton<ResponseDrain>();
        services.AddHostedService(static provider => provider.GetRequiredService<ResponseDrain>());
        services.AddHostedService<LeaveTime>();
        services.AddSingleton<AddressKeyCache>();
        services.AddSingleton<WrongKeyGuard>();
        services.AddSingleton<TurnRouter>();
        services.AddSingleton<TurnGateway>();
        services.AddSingleton<StreamResponder>();
        services.AddSingleton<WholeResponder>();
        services.AddSingleton<InFlight>();
        services.AddSingleton<DialectEndpoint>();
        services.AddSingleton<StoredPlaces>();
        services.AddSingleton<StoredTurns>();
        services.AddSingleton<KeptStream>();
        services.AddSingleton<KeptResponses>();
        services.AddStoredChat();
        services.AddResponses();
        services.AddSingleton<SocketRequest>();
        services.AddSingleton<ResponsesSocket>();
        services.AddSingleton<EmbeddingsEndpoint>();
        services.AddSingleton<KeyAdministration>();
        services.AddSingleton<KeyAdminEndpoints>();
        services.AddAdmin();
        services.TryAddSingleton<IUsageWitness, NoUsageWitness>();
        services.AddSingleton<UsageReader>();
        services.AddSingleton(static provider => new UsageCalendar(provider.GetRequiredService<IOptions<FrontendOptions>>().Value.Zone));
        services.AddSingleton<UsageEndpoints>();
        services.AddSingleton<FrontendFeed>();
        services.AddHostedService(static provider => provider.GetRequiredService<FrontendFeed>());
        services.AddSingleton<FrontendInstruments>();
        services.AddSingleton<RequestReporter>();
        services.AddHostedService<IdleMemoryService>();
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
        app.Use(MessagesErrors.ChooseFormAsync);
        app.UsePrivateListeners();
        app.UseTrustedProxies();
        app.UseDashboard();
        app.UseApiCors();
        app.UseRequestCodings();
        app.UseWebSockets();
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAdmin();
        app.MapApi();
        app.MapAdmin();
        app.MapKeyAdmin();
        app.MapOperations();
        app.Services.GetRequiredService<DocsEndpoints>().Map(app);
        return app;
    }

    /// <summary>The API itself; clients configure their base address with and without <c>/v1</c>.</summary>
    private static void MapApi(this WebApplication app)
    {
        var turns = app.Services.GetRequiredService<DialectEndpoint>();
        var chat = new ChatDialect();
        var completions = new CompletionsDialect();
        var ofCompletions = new ClientOperation("text_completion", completions.RenderError);
        var messages = new MessagesDialect();
        var counts = app.Services.GetRequiredService<CountTokensEndpoint>();
        var ofCounts = new ClientOperation("count_tokens", messages.RenderError) { SendsRequestId = true };
        var ofMessages = new ClientOperation("chat", messages.RenderError)
        {
            SendsRequestId = true,
            OverloadedStatus = MessagesErrors.Overloaded,
        };
        var ofChat = new ClientOperation("chat", chat.RenderError);
        var options = app.Services.GetRequiredService<IOptions<FrontendOptions>>().Value;
        var responses = new ResponsesDialect(options.RejectBuiltInTools, static _ => null);
        var keys = app.Services.GetRequiredService<AddressKeyCache>();
        var socket = app.Services.GetRequiredService<ResponsesSocket>();
        var ofResponses = new ClientOperation("responses", responses.RenderError);
        var ofEmbeddings = new ClientOperation("embeddings", ErrorWriter.WriteObject);
        var ofModels = new ClientOperation("models", ErrorWriter.WriteObject);
        var models = app.Services.GetRequiredService<ModelsEndpoint>();
        var messagesModels = app.Services.GetRequiredService<MessagesModels>();
        var embeddings = app.Services.GetRequiredService<EmbeddingsEndpoint>();
        var usage = app.Services.GetRequiredService<UsageEndpoints>();
        foreach (var root in (ReadOnlySpan<string>)["/v1", ""])
        {
            var all = app.MapGroup(root);
            if (root.Length == 0)
            {
                // The document has each route once.
                all.ExcludeFromDescription();
            }

            var clients = all.MapGroup("").RequireAuthorization();
            clients
                .MapPost("/chat/completions", context => turns.HandleAsync(context, chat))
                .WithMetadata(ofChat)
                .Describe(ChatDocs.Create);
            clients
                .MapPost("/messages", context => turns.HandleAsync(context, messages.For(context.Request)))
                .WithMetadata(ofMessages)
                .Describe(MessagesDocs.Create);
            clients
                .MapPost("/responses", context => turns.HandleAsync(context, responses.For(ClientIdentity.Of(context).KeyId, keys.Open)))
                .WithMetadata(ofResponses)
                .Describe(ResponsesDocs.Create);
            clients
                .MapGet("/responses", context => socket.HandleAsync(context, responses.For(ClientIdentity.Of(context).KeyId, keys.Open)))
                .WithMetadata(ofResponses)
                .Describe(ResponsesDocs.Connect);
            clients.MapStoredChat();
            clients.MapResponses();
            clients.MapPost("/messages/count_tokens", counts.HandleAsync).WithMetadata(ofCounts).Describe(MessagesDocs.Count);
            clients
                .MapPost("/completions", context => turns.HandleAsync(context, completions))
                .WithMetadata(ofCompletions)
                .Describe(CompletionDocs.Create);
            clients.MapPost("/embeddings", embeddings.HandleAsync).WithMetadata(ofEmbeddings).Describe(EmbeddingDocs.Create);
            clients
                .MapGet(
                    "/models",
                    context => MessagesModels.IsAsked(context) ? messagesModels.ListAsync(context) : models.ListAsync(context)
                )
                .WithMetadata(ofModels)
                .Describe(ModelDocs.List);
            clients
                .MapGet(
                    "/models/{**id}",
                    context => MessagesModels.IsAsked(context) ? messagesModels.GetAsync(context) : models.GetAsync(context)
                )
                .WithMetadata(ofModels)
                .Describe(ModelDocs.Get);
            all.MapGet("/organization/usage/completions", usage.OrganizationAsync).Describe(UsageDocs.Organization);
        }

        app.MapGet("/admin/usage", usage.AdminAsync).Describe(UsageDocs.Admin);
    }

    private static void MapKeyAdmin(this WebApplication app)
    {
        var keys = app.Services.GetRequiredService<KeyAdminEndpoints>();
        app.MapPost("/admin/keys", keys.CreateAsync).Describe(KeyAdminDocs.Create);
        app.MapGet("/admin/keys", keys.ListAsync).Describe(KeyAdminDocs.List);
        app.MapGet("/admin/keys/{id}", keys.GetAsync).Describe(KeyAdminDocs.Get);
        app.MapPatch("/admin/keys/{id}", keys.UpdateAsync).WithMetadata(TakesAway.Perhaps).Describe(KeyAdminDocs.Update);
        app.MapDelete("/admin/keys/{id}", keys.RevokeAsync).WithMetadata(TakesAway.Only).Describe(KeyAdminDocs.Delete);
        app.MapPost("/admin/keys/{id}/rotate", keys.RotateAsync).Describe(KeyAdminDocs.Rotate);
        app.MapPost("/admin/keys/{id}/revoke", keys.RevokeAsync).WithMetadata(TakesAway.Only).Describe(KeyAdminDocs.Revoke);
    }
}
