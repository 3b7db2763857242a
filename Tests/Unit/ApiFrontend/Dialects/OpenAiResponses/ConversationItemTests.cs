using System.Text;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;

namespace FlowGpt.Tests.Unit.ApiFrontend.Dialects.OpenAiResponses;

public sealed class ConversationItemTests
{
    [Theory]
    [InlineData("/v1/conversations")]
    [InlineData("/v1/conversations/conv_x/items")]
    public async Task Add_AnItemReference_IsRefusedByField(string path)
    {
        await using var host = await FrontendHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Headers.Authorization = new("Bearer", FrontendHost.MasterKey);
        request.Content = new StringContent("""{"items":[{"type":"item_reference","id":"msg_1"}]}""", Encoding.UTF8, "application/json");

        using var response = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);

        var error = await ErrorBody.ReadAsync(response);
        Assert.Equal((400, "items"), ((int)response.StatusCode, error.Param));
        Assert.Contains("'item_reference' ('msg_1')", error.Message, StringComparison.Ordinal);
    }
}
