using System.Text;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Requests;
using FlowGpt.ApiFrontend.Security;
using FlowGpt.ApiFrontend.Turns;
using FlowGpt.Grains.Interfaces.Addresses;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses;

/// <summary>
/// Makes a context short, for a client that sends the result in its place. The route's model writes the account of what is left out; where it cannot, the account is
/// made by cutting, and nothing is charged. Nothing is stored.
/// </summary>
internal sealed class CompactEndpoint(InputTokens counts, ContextSummary summaries, AddressKeyCache keys, TimeProvider time)
{
    public async Task HandleAsync(HttpContext context)
    {
        if (await counts.ReadAsync(context) is not { } read)
        {
            return;
        }

        if (read.Asked.Storing?.Conversation is not null)
        {
            await ApiRequest
                .Of(context)
                .RefuseAsync(
                    RequestErrors.Unsupported("conversation", "A conversation is not shortened in its place; send its items as 'input'.")
                );
            return;
        }

        var now = time.GetUtcNow();
        var (kept, account) = Compaction.Of(read.Input);
        var usage = new TokenUsage(read.Tokens, 0, 0);
        if (
            Compaction.TranscriptOf(read.Input, account) is { } transcript
            && await summaries.WriteAsync(ApiRequest.Of(context), transcript) is var (summary, used)
        )
        {
            (account, usage) = (Compaction.Fit(summary), used);
        }

        var id = Guid.CreateVersion7(now).ToString("N");
        var messages = ItemIds.Assign([.. kept], id, []);
        var output = keys.Sealer.Seal(Encoding.UTF8.GetBytes(account), ClientIdentity.Of(context).KeyId);
        await JsonAnswer.SendAsync(
            context.Response,
            json =>
            {
                json.WriteStartObject();
                json.WriteString("id"u8, $"{ResponsesDialect.IdPrefix}{id}");
                json.WriteString("object"u8, "response.compaction"u8);
                json.WriteNumber("created_at"u8, now.ToUnixTimeSeconds());
                json.WriteStartArray("output"u8);
                foreach (var message in messages)
                {
                    ItemWriter.Write(json, message);
                }

                json.WriteStartObject();
                json.WriteString("id"u8, $"cmp_{id}");
                json.WriteString("type"u8, "compaction"u8);
                json.WriteString("encrypted_content"u8, output);
                json.WriteEndObject();
                json.WriteEndArray();
                json.WriteStartObject("usage"u8);
                json.WriteNumber("input_tokens"u8, usage.PromptTokens);
                json.WriteStartObject("input_tokens_details"u8);
                json.WriteNumber("cached_tokens"u8, usage.CachedTokens);
                json.WriteEndObject();
                json.WriteNumber("output_tokens"u8, usage.CompletionTokens);
                json.WriteStartObject("output_tokens_details"u8);
                json.WriteNumber("reasoning_tokens"u8, usage.ReasoningTokens);
                json.WriteEndObject();
                json.WriteNumber("total_tokens"u8, usage.TotalTokens);
                json.WriteEndObject();
                json.WriteEndObject();
            }
        );
    }
}
