using System.Text;
using FlowGpt.Simulator.OpenAi.Wire;
using FlowGpt.Simulator.Truth;

namespace FlowGpt.Simulator.Anthropic;

/// <summary><c>POST /v1/messages/count_tokens</c>: charges nothing.</summary>
internal sealed class CountEndpoint(SimulatorState state, KeyGate gate)
{
    public async Task HandleAsync(HttpContext context)
    {
        var account = gate.Identify(context.Request, isDeployment: false, out var error);
        if (account is null || error is not null)
        {
            state.Changes.Pulse();
            await ApiResponse.WriteErrorAsync(context, error!);
            return;
        }

        var body = await RequestBody.ReadAsync(context);
        using var json = body.Json;
        error = body.Error;
        var request = json is null ? null : MessagesReader.Read(json.RootElement, counts: true, out error);
        await (
            request is null
                ? ApiResponse.WriteErrorAsync(context, error!)
                : ApiResponse.WriteJsonAsync(context, Encoding.UTF8.GetBytes($$"""{"input_tokens":{{request.PromptTokens}}}"""), null)
        );
    }
}
