using System.Buffers;
using System.Globalization;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams.Http;

namespace FlowGpt.Grains.Upstreams.FlowGpt;

/// <summary>Puts headers on requests.</summary>
internal static class FlowGptRequest
{
    /// <summary>A request of an account: unsigned, unless <paramref name="signedAt"/> is given.</summary>
    public static HttpRequestMessage Create(
        Uri uri,
        ArrayBufferWriter<byte> body,
        UpstreamCredential credential,
        FlowGptSettings settings,
        DateTimeOffset? signedAt
    )
    {
        var authorization = $"Bearer {credential[FlowGptCredential.BearerToken]}";
        var deviceId = credential[FlowGptCredential.DeviceId];
        if (!ExtraHeaderRules.IsFieldValue(authorization) || !ExtraHeaderRules.IsFieldValue(deviceId))
        {
            throw new UpstreamException(UpstreamFailures.UnusableToken()) { MayHaveBeenSent = false };
        }

        var request = new HttpRequestMessage(HttpMethod.Post, uri) { Content = new JsonBodyContent(body) };
        foreach (var (name, value) in settings.Headers)
        {
            Set(request, name, value);
        }

        foreach (var (name, value) in credential.ExtraHeaders)
        {
            // A header that may not be set was reported where the account was configured.
            if (ExtraHeaderRules.Problem(name, value, FlowGptHeaders.Own) is null)
            {
                Set(request, name, value);
            }
        }

        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        request.Headers.TryAddWithoutValidation("x-flow-device-id", deviceId);
        if (signedAt is { } now)
        {
            Sign(request, authorization, deviceId, settings.SignatureForm, now);
        }

        return request;
    }

    private static void Sign(HttpRequestMessage request, string authorization, string deviceId, SignatureForm form, DateTimeOffset now)
    {
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var nonce = RequestSigner.NewNonce();
        request.Headers.TryAddWithoutValidation("x-nonce", nonce);
        request.Headers.TryAddWithoutValidation("x-timestamp", timestamp);
        request.Headers.TryAddWithoutValidation("x-signature", RequestSigner.Sign(form, timestamp, nonce, authorization, deviceId));
    }

    private static void Set(HttpRequestMessage request, string name, string value)
    {
        if (request.Headers.NonValidated.Contains(name))
        {
            request.Headers.Remove(name);
        }

        if (!request.Headers.TryAddWithoutValidation(name, value))
        {
            // Content-Language and the like belong to the body.
            request.Content!.Headers.TryAddWithoutValidation(name, value);
        }
    }
}
