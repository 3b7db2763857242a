using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>A server on a free loopback port in place of a provider.</summary>
internal static class StandInServer
{
    /// <param name="answer">Answers a request, given its body.</param>
    public static async Task<WebApplication> StartAsync(Func<HttpContext, string, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var application = builder.Build();
        application.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            await answer(context, await reader.ReadToEndAsync(context.RequestAborted));
        });
        await application.StartAsync(TestContext.Current.CancellationToken);
        return application;
    }
}
